export * from './building.ts';
export * from './captures.ts';
export * from './clones.ts';
export * from './live.ts';
export * from './machines.ts';
export * from './memory-client.ts';
export * from './steps.ts';
