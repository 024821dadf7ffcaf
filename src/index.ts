export * from './model/operations.ts';
export * from './model/handle.ts';
export * from './model/routine.ts';
export * from './model/protocol.ts';
export * from './property/event.ts';
export * from './property/property.ts';
export * from './property/pattern.ts';
export { Step, type Body, type GhostWrite, type Operation, type Outcome } from './model/operation.ts';
