/** The program's table of contents. */
import type { Controller, ControllerContext } from './controller.ts';
import { environmentController } from './environment.ts';
import { environmentCloneController } from './environment-clone.ts';
import { environmentSnapshotController } from './environment-snapshot.ts';
import { captureSweep, contentSweep } from './sweep.ts';

export const controllers: readonly ((context: ControllerContext) => Controller)[] = [
  environmentController,
  environmentSnapshotController,
  environmentCloneController,
  contentSweep,
  captureSweep,
];
