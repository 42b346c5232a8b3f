"""Calendars, periods and business time. Pure: instants are integer seconds since 1970-01-01T00:00Z.

Local time is known here and nowhere else.
"""
