"""Amounts of money: exact while they are computed, rounded half up to the currency's smallest unit once, at the end."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

__all__ = ["amount_text", "minor_units", "rounded"]

_DECIMALS: Final = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimals of the smallest unit where they are not two (ISO 4217)."""


def minor_units(currency: str) -> int:
    """How many decimals amounts of a currency have."""
    return _DECIMALS.get(currency, 2)


def rounded(amount: Fraction, currency: str) -> Fraction:
    """An amount of zero or more, rounded half up to the smallest unit of its currency."""
    units = 10 ** minor_units(currency)
    return Fraction((2 * amount * units + 1) // 2, units)


def amount_text(amount: Fraction, currency: str) -> str:
    """An amount as it is paid: ``18400.00 EUR``, ``1840 JPY``."""
    decimals = minor_units(currency)
    whole, cents = divmod(int(rounded(amount, currency) * 10**decimals), 10**decimals)
    return (f"{whole}.{cents:0{decimals}d} {currency}" if decimals else f"{whole} {currency}").rstrip()
