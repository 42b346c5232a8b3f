"""The style sheet that all pages share: light and dark, for a wide screen, a phone and paper."""

from __future__ import annotations

from typing import Final

__all__ = ["STYLE"]

STYLE: Final = """\
:root{color-scheme:light dark;--ink:#24292e;--faint:#57606a;--ground:#f4f5f5;--panel:#ffffff;--edge:#d8dbdf;--link:#1f62e0}
@media (prefers-color-scheme: dark){:root{--ink:#d8d9e3;--faint:#a2a5b0;--ground:#111217;--panel:#181b1f;--edge:#2f333a;--link:#7ea9ff}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:1440px;padding:16px 24px 24px;background:var(--ground);color:var(--ink);
 font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}
h1{font-size:24px;line-height:1.25;margin:6px 0 4px}
h2{font-size:15px;font-weight:600;margin:0}
p{margin:0 0 6px}
a{color:var(--link)}
header{margin-bottom:14px}
nav{display:flex;flex-wrap:wrap;gap:4px 16px}
footer,.faint{color:var(--faint);font-size:13px}
footer{margin-top:16px}
.grid{display:grid;grid-template-columns:repeat(24,minmax(0,1fr));grid-auto-rows:minmax(0,auto);gap:8px}
.panel{background:var(--panel);border:1px solid var(--edge);border-radius:6px;min-width:0;display:flex;flex-direction:column}
.marked{background:var(--panel);border:1px solid var(--edge);border-radius:6px;padding:10px 14px;margin-top:8px}
.head{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 12px;padding:8px 14px 4px}
.body{padding:4px 14px 10px;flex:1;min-width:0;display:flex;flex-direction:column}
.row{grid-column:1/-1;align-self:end;padding:4px 2px}
details.row>summary{font-size:15px;font-weight:600;cursor:pointer;padding:4px 0}
summary{cursor:pointer}
.about{font-size:13px;color:var(--faint);margin-left:auto}
.about[open]{margin-left:0;flex-basis:100%}
.about p{color:var(--ink);margin:4px 0 0;max-width:75ch}
.figures{font-size:13px;color:var(--faint);margin-top:6px}
.figures table,.figures td{color:var(--ink)}
.scroll{overflow-x:auto}
.long{overflow-y:auto}
.long thead th{position:sticky;top:0;background:var(--panel)}
.scroll:focus-visible,a:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:6px 10px;border-bottom:1px solid var(--edge);vertical-align:middle}
th{font-weight:600;color:var(--faint);font-size:13px}
tbody tr:last-child td{border-bottom:0}
.right{text-align:right}
.center{text-align:center}
td[class*="b-"]{font-weight:600}
table.plain{width:auto}
table.plain th,table.plain td{padding:3px 14px 3px 0;border-bottom:0}
svg.chart{display:block;width:100%;height:auto;font-family:inherit}
.narrow{display:none}
.bar{width:90px;height:8px;margin-right:8px;vertical-align:middle}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;margin:6px 0 0;padding:0;font-size:13px}
.legend .sample{width:20px;height:10px;margin-right:6px;vertical-align:middle}
.legend .box{width:12px;height:12px;margin-right:6px;vertical-align:-1px}
table.legend{display:table}
.stats,.gauges{display:flex;flex-wrap:wrap;gap:8px;flex:1}
.gauges svg{max-height:320px;flex:1}
.tile{flex:1 1 120px;margin:0;border-radius:4px;padding:8px 12px;display:flex;flex-direction:column;align-items:center;
 justify-content:center;text-align:center}
.tile .value{font-size:30px;line-height:1.2;font-weight:600;overflow-wrap:anywhere}
.tile .name{font-size:14px}
.tile .change{font-size:14px}
.tile svg{max-height:48px}
.absent{margin:auto;color:var(--faint);font-size:16px}
.words{overflow-wrap:anywhere}
.words table{width:100%}
.words h3,.words h4,.words h5,.words h6{margin:10px 0 4px;font-size:15px}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
.pages{margin:0;padding:10px 14px;list-style:none}
.pages li{margin:0 0 8px}
.pages p{color:var(--faint);margin:0}
main>.panel{margin-bottom:8px}
.grid>.panel{margin-bottom:0}
main>.panel>h2{padding:10px 14px 0}
@media (max-width: 899px){
 body{padding:12px 10px 20px}
 .grid{display:flex;flex-direction:column}
 .row{align-self:stretch}
 .body{padding:4px 10px 10px}
 .head{padding:8px 10px 4px}
 .wide{display:none}
 .narrow{display:block;max-width:560px}
}
@media (max-width: 640px){
 h1{font-size:20px}
 table.cells,.cells tbody,.cells tr,.cells td{display:block}
 .cells thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
 .cells tr{border:1px solid var(--edge);border-radius:4px;margin-bottom:8px}
 .cells td{display:flex;justify-content:space-between;gap:12px;text-align:right;padding:4px 10px;overflow-wrap:anywhere}
 .cells td::before{content:attr(data-label);color:var(--faint);font-weight:400;text-align:left;flex:none;max-width:50%}
 .cells td[class*="b-"]::before{color:inherit}
 .words table,.words thead,.words tbody,.words tr,.words td{display:block}
 .words thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
 .words tr{border-bottom:1px solid var(--edge);padding:6px 0}
 .words td{border:0;padding:1px 0;display:flex;justify-content:space-between;gap:12px;text-align:right}
 .words td::before{content:attr(data-label);color:var(--faint);text-align:left;flex:none;max-width:50%}
 .about{margin-left:0}
}
@media print{
 body{background:#fff;max-width:none}
 .about,nav{display:none}
 .panel{break-inside:avoid}
}
"""
