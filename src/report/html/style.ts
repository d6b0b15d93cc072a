/** Looks of a report page: light and dark after the reader's choice, one column on a phone, ink on paper in print. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --tint: #f4f6f8; --line: #d5dae0;
  --link: #0b5cad; --bad: #b3400a; --good: #006b4f; --ours: #e6f0f9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #a3abb4; --paper: #14171a; --tint: #1d2125;
  --line: #363c43; --link: #7cb8f0; --bad: #f0935f; --good: #4cc9a0; --ours: #14304a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.page { max-width: 1320px; margin: 0 auto; padding: 0 24px 64px; display: grid; grid-template-columns: 190px minmax(0, 1fr);
  column-gap: 40px; }
header { grid-column: 1 / -1; padding: 28px 0 12px; border-bottom: 1px solid var(--line); margin-bottom: 8px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 21px; margin: 44px 0 8px; }
h3 { font-size: 17px; margin: 28px 0 6px; }
p, li { max-width: 78ch; overflow-wrap: anywhere; }
p { margin: 8px 0; }
a { color: var(--link); }
nav ul { position: sticky; top: 0; list-style: none; margin: 0; padding: 28px 0; font-size: 14px; }
nav li { margin: 5px 0; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
:focus-visible { outline: 3px solid #e69f00; outline-offset: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--paper); padding: 8px 12px; z-index: 2; }
.note { color: var(--soft); }
.good { color: var(--good); }
ul.bad { border-left: 4px solid var(--bad); padding-left: 26px; }
.scroll { overflow-x: auto; margin: 12px 0; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; width: 100%; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: 4px 9px; text-align: left; white-space: nowrap; font-weight: normal; border-top: 1px solid var(--line); }
thead th { border-top: 0; background: var(--tint); font-weight: 600; vertical-align: bottom; }
tbody th { position: sticky; left: 0; background: var(--paper); max-width: 46vw; overflow: hidden; text-overflow: ellipsis; }
.number { text-align: right; }
.ours th, .ours td { background: var(--ours); font-weight: 600; }
.under th { padding-left: 26px; color: var(--soft); }
figure { margin: 18px 0 22px; }
figcaption { color: var(--soft); font-size: 14px; max-width: 78ch; }
.chart { overflow-x: auto; }
.chart svg { display: block; max-width: 100%; height: auto; }
.gallery { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); column-gap: 28px;
  align-items: start; }
.data { font-size: 13px; margin: 6px 0 0; }
.data .scroll { max-height: 320px; overflow-y: auto; }
details { border: 1px solid var(--line); border-radius: 6px; margin: 6px 0; padding: 0 12px; }
summary { cursor: pointer; padding: 8px 0; overflow-wrap: anywhere; }
details[open] { padding-bottom: 12px; }
@media (max-width: 860px) {
  .page { display: block; padding: 0 14px 40px; }
  nav ul { position: static; padding: 8px 0; columns: 2; }
  h1 { font-size: 23px; }
  h2 { font-size: 19px; }
  tbody th { white-space: normal; overflow-wrap: break-word; }
}
@media print {
  :root { --ink: #000; --soft: #333; --paper: #fff; --tint: #eee; --line: #999; --ours: #eee; --bad: #000; --good: #000; }
  .page { display: block; max-width: none; padding: 0; }
  nav, .skip, details:not([open]) { display: none; }
  .gallery { grid-template-columns: 1fr 1fr; }
  .scroll { overflow: visible; border: 0; }
  table { font-size: 7.5pt; }
  th, td { padding: 1px 4px; white-space: normal; }
  tbody th { position: static; }
  figure, tr { break-inside: avoid; }
}
`;
