import { codeScenes } from './code-scenes.ts';
import { decisionScenes } from './decision-scenes.ts';
import { frontScenes } from './front-scenes.ts';
import { problemScenes } from './problem-scenes.ts';
import type { Scene } from './scene.ts';

/** Every page and every error. A new page is one entry more in one of these lists. */
export const scenes: readonly Scene[] = [...frontScenes, ...codeScenes, ...decisionScenes, ...problemScenes];
