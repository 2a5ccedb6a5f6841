// The surface is drawn in a worker of its own: where WebGL is computed without a graphics card, one picture takes longer
// than a page may stand still.

import { type SurfaceColours, type SurfaceScene, surfaceScene } from './surface-scene.ts';
import type { Landscape } from '../engine/optimize/landscape.ts';

export type SurfaceOrder =
  | { readonly kind: 'begin'; readonly canvas: OffscreenCanvas }
  | { readonly kind: 'fit'; readonly width: number; readonly height: number; readonly ratio: number }
  | { readonly kind: 'show'; readonly landscape: Landscape; readonly colours: SurfaceColours }
  | { readonly kind: 'turn'; readonly around: number; readonly over: number }
  | { readonly kind: 'away'; readonly factor: number };

/** `drawn` once there is something to see; `unable` where there is no WebGL. */
export type SurfaceNews = 'drawn' | 'unable';

const tell = (news: SurfaceNews): void => postMessage(news);
let scene: SurfaceScene | undefined;

addEventListener('message', ({ data }: MessageEvent<SurfaceOrder>) => {
  switch (data.kind) {
    case 'begin':
      scene = surfaceScene(data.canvas);
      if (!scene) tell('unable');
      break;
    case 'fit':
      scene?.fit(data.width, data.height, data.ratio);
      break;
    case 'show':
      scene?.show(data.landscape, data.colours);
      if (scene) tell('drawn');
      break;
    case 'turn':
      scene?.turn(data.around, data.over);
      break;
    case 'away':
      scene?.away(data.factor);
      break;
  }
});
