import { createHash } from 'node:crypto';

/** What stands behind everything: the page and its fields. */
export const papers = { light: ['#faf7f2', '#fffdfa'], dark: ['#171411', '#201c18'] } as const;

const light = `color-scheme:light dark;
--paper:${papers.light[0]};--raised:${papers.light[1]};--ink:#231e19;--quiet:#655c52;--line:#e0d8cb;--edge:#857a6c;
--sun:#e8912a;--main:#3a322b;--main-ink:#fff;--yes:#1b5a45;--yes-ink:#fff;--no:#3a322b;--no-ink:#fff;
--wrong:#9a2818;--wrong-paper:#fbeae5;--care:#b06a0a;--care-paper:#fcf1dd;`;

const dark = `--paper:${papers.dark[0]};--raised:${papers.dark[1]};--ink:#f1e9de;--quiet:#b6aa9b;--line:#38312a;--edge:#8d8173;
--sun:#f0a440;--main:#e6dccf;--main-ink:#231e19;--yes:#9ad6b8;--yes-ink:#0f241b;--no:#e6dccf;--no-ink:#231e19;
--wrong:#ff9f8c;--wrong-paper:#33201b;--care:#f0a440;--care-paper:#2e2415;`;

/** A colour of the operator, and the one of the text on it. */
interface AccentColors {
  readonly accent: string;
  readonly ink: string;
}

/** The operator's colours, for light and dark systems. */
export interface Accents {
  readonly light?: AccentColors;
  readonly dark?: AccentColors;
}

const own = (colors: AccentColors | undefined) =>
  colors ? `--sun:${colors.accent};--main:${colors.accent};--main-ink:${colors.ink};` : '';

/**
 * All the style there is, the same on every page, so that the Content-Security-Policy can name it by its
 * hash and needs no `unsafe-inline`. Light and dark come from the reader's system, and so do the fonts.
 */
export function styleSheetOf(accents: Accents): { readonly text: string; readonly hash: string } {
  const text = `
:root{${light}${own(accents.light)}}
@media (prefers-color-scheme:dark){:root{${dark}${own(accents.dark)}}}
${rules}`;
  return { text, hash: `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}` };
}

const rules = `*,::before,::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;min-height:100vh;min-height:100svh;display:flex;flex-direction:column;background:var(--paper);color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
.column{width:100%;max-width:30.5rem;margin-inline:auto;padding-inline:1.25rem}
h1,h2,h3,p,dl,dd,ul,fieldset,pre{margin:0;padding:0}
h1{font:500 clamp(1.75rem,1.45rem + 1.5vw,2.25rem)/1.18 "Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",P052,"Noto Serif",Georgia,serif;
letter-spacing:-.012em;text-wrap:balance}
h1+p{padding-top:.25rem}
h2,h3{font-size:.875rem;font-weight:600;line-height:1.4}
a{color:inherit;text-decoration:underline;text-decoration-color:var(--sun);text-decoration-thickness:2px;text-underline-offset:.22em}
a:hover{text-decoration-thickness:3px}
:focus-visible{outline:3px solid var(--ink);outline-offset:3px;border-radius:6px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.quiet{color:var(--quiet)}
.small{font-size:.875rem}
button,input,select{font-family:inherit}
.mono,pre,.code,input.code-field{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.mono,pre,.code,input.code-field{direction:ltr;unicode-bidi:isolate}

.horizon{padding-top:1.5rem;border-bottom:1px solid var(--edge)}
.brand{display:inline-flex;align-items:end;min-height:1.85rem;gap:.75rem;vertical-align:top;font-weight:600;letter-spacing:.01em;text-decoration:none;line-height:1.5}
.brand span{padding-bottom:.35rem}
.brand .logo{display:block;width:auto;height:1.75rem;max-width:10rem;margin-bottom:.35rem;object-fit:contain}
.sun{display:block;flex:none;fill:var(--sun);stroke-linecap:round;stroke-linejoin:round}
.sun .stroke{fill:none;stroke:var(--paper);stroke-width:6}
.sun .hollow{fill:none;stroke:var(--edge);stroke-width:2}
.refused .stroke{stroke:var(--ink)}
.sun.set{opacity:.55}
@media (prefers-reduced-motion:no-preference){
.risen g{animation:rise 1s cubic-bezier(.2,.7,.2,1) both}
@keyframes rise{from{transform:translateY(3.25rem)}}
}
.account{display:flex;flex-wrap:wrap;align-items:baseline;column-gap:.75rem;padding-top:.625rem;font-size:.875rem;line-height:1.5;color:var(--quiet)}
@media (min-width:44rem){.account{max-width:none;padding-inline-start:calc(50% - 14rem)}}
.account button{all:unset;cursor:pointer;min-height:24px;color:var(--ink);text-decoration:underline;text-decoration-color:var(--sun);text-decoration-thickness:2px;text-underline-offset:.22em}
.account a{display:inline-block;min-height:24px;line-height:max(24px,1.5em)}
.account button:focus-visible{outline:3px solid var(--ink);outline-offset:3px;border-radius:6px}

main{flex:1;padding-block:clamp(2rem,6vh,4rem) 3rem}
main .column,.stack{display:grid;gap:1.5rem;grid-template-columns:minmax(0,1fr)}
.tight{display:grid;gap:.5rem;grid-template-columns:minmax(0,1fr)}
.foot{padding-block:1.25rem;border-top:1px solid var(--line);font-size:.875rem;color:var(--quiet)}
.foot .column{display:grid;gap:.625rem}
.row{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
.row>*{display:inline-block;min-height:24px;line-height:max(24px,1.5em)}

label,legend{font-weight:600;font-size:.9375rem}
.pair{display:grid;gap:1.5rem 1rem;grid-template-columns:repeat(auto-fit,minmax(min(11rem,100%),1fr))}
input:not([type=radio]),select{width:100%;min-height:3.25rem;padding:.5rem .875rem;font-size:inherit;line-height:inherit;color:inherit;background:var(--raised);border:1px solid var(--edge);border-radius:12px}
input:focus-visible,select:focus-visible{outline-offset:1px;border-radius:12px}
button.reveal{all:unset;cursor:pointer;justify-self:start;min-height:24px;font-size:.875rem;text-decoration:underline;text-decoration-color:var(--sun);text-decoration-thickness:2px;text-underline-offset:.22em}
button.reveal:focus-visible{outline:3px solid var(--ink);outline-offset:3px;border-radius:6px}
input[aria-invalid]{border:2px solid var(--wrong)}
input::placeholder{color:var(--edge);opacity:1}
input.code-field{min-height:5rem;padding-inline:.25rem;font-size:clamp(1.25rem,8.4vw,2.5rem);font-weight:600;text-align:center;letter-spacing:.14em;text-transform:uppercase}
.code-field::placeholder{font-weight:400}

.button{overflow-wrap:break-word;display:inline-flex;align-items:center;justify-content:center;min-height:3.25rem;width:100%;padding:.5rem 1rem;font-size:1.0625rem;font-weight:600;line-height:1.3;text-align:center;text-decoration:none;color:var(--main-ink);background:var(--main);border:2px solid transparent;border-radius:12px;cursor:pointer}
.button:hover{box-shadow:0 0 0 3px var(--line)}
.button:active{box-shadow:none}
.outline{color:var(--ink);background:transparent;border-color:var(--edge)}
.mark{flex:none;width:auto;height:1.625rem;padding:.1875rem;margin-inline-end:.625rem;object-fit:contain;background:#fff;border-radius:6px}
.danger{color:var(--wrong-paper);background:var(--wrong)}
.approve{color:var(--yes-ink);background:var(--yes)}
.deny{color:var(--no-ink);background:var(--no)}
.decision{display:flex;flex-wrap:wrap;gap:.75rem}
.decision .button{flex:1 1 0;width:auto}
.bar{display:grid;gap:.5rem;padding-block:.75rem;background:var(--paper);position:sticky;bottom:min(0px,(100vh - 34rem)*9,(100vw - 22rem)*99);bottom:min(0px,(100svh - 34rem)*9,(100vw - 22rem)*99)}
.bar::before{content:"";position:absolute;inset-inline:0;bottom:100%;height:1.5rem;background:linear-gradient(to top,var(--paper),transparent);pointer-events:none}
html:has(.bar){scroll-padding-bottom:9.5rem}

.note{padding:.875rem 1rem;border-inline-start:4px solid var(--care);border-radius:4px;border-start-end-radius:12px;border-end-end-radius:12px;background:var(--care-paper)}
.note.done{border-color:var(--yes);background:var(--raised)}
.note.wrong{border-color:var(--wrong);background:var(--wrong-paper)}
.code{display:block;padding:1.25rem .25rem;text-align:center;font-size:clamp(1.75rem,9vw,2.875rem);font-weight:600;line-height:1.2;letter-spacing:.1em;text-indent:.1em;background:var(--raised);border:1px solid var(--line);border-bottom:3px solid var(--sun);border-radius:12px 12px 4px 4px}
.qr{display:block;width:min(100%,20rem);aspect-ratio:1;margin-inline:auto;border-radius:12px}
.live{display:grid}
.live::after{content:attr(data-room);visibility:hidden}
.live>*,.live::after{grid-area:1/1}
.inline-code{font-weight:600;letter-spacing:.06em;white-space:nowrap;color:var(--ink)}

.facts{display:grid;gap:1.5rem}
.facts section{display:grid;gap:.625rem}
section>.tight+.tight{margin-top:1rem}
.facts dl{display:grid;gap:.25rem}
.facts dl div{display:flex;flex-wrap:wrap;column-gap:1rem}
.facts dt{flex:0 0 6rem;color:var(--quiet)}
.facts dd{flex:1 1 9.5rem}
.facts dd+dd{margin-inline-start:7rem}
.facts h2{display:flex;flex-wrap:wrap;gap:0 .5rem;justify-content:space-between;align-items:baseline;padding-bottom:.375rem;border-bottom:1px solid var(--line)}
.tag.good{border-color:var(--yes)}
.tag{padding:0 .5rem;border:1px solid var(--care);border-radius:99px;font-weight:500;font-size:.8125rem}

[role=alert]:empty{display:none}
fieldset{border:0;min-width:0}
legend{padding:0;margin-bottom:.5rem}
fieldset p{padding-top:.5rem}
summary{min-height:24px;cursor:pointer;font-weight:600;font-size:.9375rem}
summary::marker{color:var(--edge)}
.terms{padding:.5rem .875rem;background:var(--raised);border:1px solid var(--line);border-radius:12px}
.terms summary{font-weight:400}
.change{text-decoration:underline;text-decoration-color:var(--sun);text-decoration-thickness:2px;text-underline-offset:.22em}
.new-name{display:none}
.terms:has(option[value$=".new"]:checked) .new-name{display:grid}
@supports not selector(:has(a)){.new-name{display:grid}}
.terms[open] .change,.terms[open] .given,.terms:has(option:checked:not([selected])) .given{display:none}
ul{padding-inline-start:1.25rem}
.events{display:grid;gap:.75rem;padding:0;list-style:none}
.events li{padding-bottom:.75rem;border-bottom:1px solid var(--line)}
.note li{padding-top:.375rem}
details[open] summary{margin-bottom:1rem}

.numbers{display:grid;gap:.75rem;grid-template-columns:repeat(3,1fr)}
.numbers label{position:relative;display:grid;place-items:center;min-height:4.5rem;font-size:1.75rem;background:var(--raised);border:1px solid var(--edge);border-radius:12px;cursor:pointer}
.numbers input{position:absolute;top:.5rem;inset-inline-start:.5rem;width:1.25rem;height:1.25rem;margin:0;accent-color:var(--yes)}
.numbers input:focus-visible{outline:none}
.numbers label:has(:focus-visible){outline:3px solid var(--ink);outline-offset:1px}
.numbers label:has(:checked){border:2px solid var(--yes)}

pre{padding:1rem;overflow-x:auto;font-size:.8125rem;line-height:1.7;overflow-wrap:normal;background:var(--raised);border:1px solid var(--line);border-radius:12px}
@media (max-width:26rem){pre{white-space:pre-wrap;overflow-wrap:anywhere}}
@media (max-width:26rem),(max-height:46rem){h1{font-size:1.5rem}main{padding-top:.75rem}main .column,.stack,.facts{gap:.75rem}.terms summary{font-size:.875rem}.horizon{padding-top:.75rem}.facts section{gap:.375rem}.code{padding-block:.75rem}.note{padding:.5rem .75rem}main .quiet,.note,.facts dl{font-size:.9375rem;line-height:1.4}}
@media (forced-colors:active){.sun{fill:CanvasText}.button{border-color:ButtonText}}
`;
