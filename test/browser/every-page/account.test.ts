import { Site } from '../../support/browser/site.ts';
import { accountScenes } from '../scenes/account-scenes.ts';
import { ownScenes } from '../scenes/own-scenes.ts';
import { problemScenes } from '../scenes/problem-scenes.ts';
import { look, withMail } from './look.ts';

const scenes = [...accountScenes, ...ownScenes, ...problemScenes];

let site: Site;
beforeAll(async () => {
  site = await Site.open(withMail);
});
afterAll(() => site.close());

test.each(scenes)(
  '$name, $status: accessible, small and still in every size, light and language, with and without JavaScript',
  async (scene) => {
    expect(await look({ site, scene, scenes, person: await site.signUp() })).toEqual([]);
  },
);
