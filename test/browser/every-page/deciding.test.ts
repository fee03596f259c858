import { Site } from '../../support/browser/site.ts';
import { codeScenes } from '../scenes/code-scenes.ts';
import { decisionScenes } from '../scenes/decision-scenes.ts';
import { look, withMail } from './look.ts';

const scenes = [...codeScenes, ...decisionScenes];

let site: Site;
beforeAll(async () => {
  site = await Site.open(withMail);
});
afterAll(() => site.close());

/** @shows RFC 10027 §6.1.14 */
test.each(scenes)(
  '$name, $status: accessible, small and still in every size, light and language, with and without JavaScript',
  async (scene) => {
    expect(await look({ site, scene, scenes, person: await site.signUp() })).toEqual([]);
  },
);
