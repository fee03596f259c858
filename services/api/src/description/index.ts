// Lives here: what programs and their developers can read about this service: its OpenAPI description, and `llms.txt` for agents.
// Lives elsewhere: the metadata of OAuth 2.0 and the keys (../tokens), the pages for people (the features' `pages`).
import { readFileSync } from 'node:fs';
import type { Middleware } from 'koa';
import type { Feature } from '../http/feature.ts';
import { publicDocument } from '../http/cors.ts';
import { type AgentFacts, textForAgents } from './text-for-agents.ts';

/** Puts the feature together. Throws where `openapi.json` is missing. */
export function createDescription(facts: AgentFacts): Feature {
  const file = new URL('../../../../openapi.json', import.meta.url);
  const description: object = JSON.parse(readFileSync(file, 'utf8'));
  const openApi = JSON.stringify({ ...description, servers: [{ url: facts.publicUrl }] });
  return {
    mount({ router }) {
      router.get('/openapi.json', publicDocument(), document('application/json', openApi));
      router.get('/llms.txt', publicDocument(), document('text/plain; charset=utf-8', textForAgents(facts)));
    },
  };
}

function document(type: string, text: string): Middleware {
  return (ctx) => {
    ctx.type = type;
    ctx.set('Cache-Control', 'public, max-age=300');
    ctx.body = text;
  };
}
