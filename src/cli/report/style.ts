/** The page's only style sheet. Its hash is in the page's policy, so that no other style applies. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #ffffff; --soft: #f4f4f4; --line: #c8c8c8; --high: #a80000; --medium: #8a4b00; --link: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --ink: #ededed; --paper: #161616; --soft: #242424; --line: #4a4a4a; --high: #ff8a80; --medium: #ffb86b; --link: #8ab8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .25rem; }
.headline { font-size: 1.25rem; font-weight: 600; margin: .25rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
.findings td:first-child { min-width: 14rem; overflow-wrap: break-word; }
.findings time { white-space: normal; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
th { overflow-wrap: normal; }
thead th { background: var(--soft); }
time { white-space: nowrap; }
.High, .Medium, .Low, .Informational { white-space: nowrap; }
.High { color: var(--high); font-weight: 700; }
.Medium { color: var(--medium); font-weight: 600; }
.finding { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem 1rem; margin: 1rem 0; break-inside: avoid; }
.legend { font-size: .85rem; }
img { max-width: 100%; height: auto; background: #ffffff; border-radius: .25rem; }
summary { cursor: pointer; padding: .25rem 0; }
code { font-family: ui-monospace, monospace; font-size: .85rem; }
footer { margin-top: 2rem; font-size: .85rem; }
@media print { body { max-width: none; color: #000; background: #fff; } details > * { display: block; } details::details-content { display: block; content-visibility: visible; height: auto; } a { color: inherit; } }
`;
