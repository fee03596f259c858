/** The report's style sheet: light, dark and print. */
export const reportStyle = `
:root { color-scheme: light dark; --back: #fbfaf8; --card: #fff; --text: #22201d; --soft: #6d675f; --line: #e5e0d8;
  --good: #1a7f4b; --poor: #96650a; --bad: #c0362c; --series-1: #d9730d; --series-2: #2f6fde; --series-3: #1a8f5c; --series-4: #9247c9;
  --series-5: #c2185b; --series-6: #6d675f; }
@media (prefers-color-scheme: dark) { :root { --back: #191714; --card: #22201c; --text: #ece7df; --soft: #a39b8f;
  --line: #3a362f; --good: #4cc487; --poor: #e0b050; --bad: #ff7b6e; --series-1: #ffa24d; --series-2: #7aa9ff; --series-3: #57c795;
  --series-4: #c38cf0; --series-5: #ff7fab; --series-6: #a39b8f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
.soft, small { color: var(--soft); }
code { overflow-wrap: anywhere; } .headline { font-size: 1.15rem; margin: 1rem 0 0; }
.required { list-style: none; padding: 0; margin: 1rem 0; font-weight: 600; }
.verdict { display: inline-block; margin: 1.25rem 0; padding: .5rem 1rem; border-radius: .5rem; font-weight: 600;
  border: 2px solid currentColor; }
.good { color: var(--good); } .poor { color: var(--poor); } .bad { color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: .75rem; }
.tile, figure { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
.tile { padding: .9rem 1.1rem; } .tile b { display: block; font-size: 1.6rem; font-variant-numeric: tabular-nums; }
figure { margin: 0 0 1rem; padding: 1rem; } figcaption { font-weight: 600; margin-bottom: .5rem; }
figure { overflow-x: auto; }
svg { width: 100%; min-width: 34rem; height: auto; display: block; }
@media print { svg { min-width: 0; } }
.grid { stroke: var(--line); } .tick { fill: var(--soft); font-size: 12px; }
.moment { stroke: var(--soft); stroke-dasharray: 3 4; } .point { fill: transparent; } .point:hover { fill: var(--series); }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke: var(--series); }
.s1 { --series: var(--series-1); } .s2 { --series: var(--series-2); } .s3 { --series: var(--series-3); }
.s4 { --series: var(--series-4); } .s5 { --series: var(--series-5); } .s6 { --series: var(--series-6); }
.legend { margin: .5rem 0 0; font-size: .85rem; } .key { margin-right: 1.25rem; }
.key::before { content: ''; display: inline-block; width: .9em; height: .25em; margin-right: .4em; vertical-align: middle;
  background: var(--series); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { color: var(--soft); font-weight: 500; }
@media print { body { background: #fff; } figure, .tile { break-inside: avoid; } }
`;
