import { describe, expect, test } from 'vitest';
import { aMachine, anInstance, leaving } from '../testing.ts';
import type { RunStrategy, StateChangeRequest } from '../types.ts';
import { decide } from './decide.ts';

const START: StateChangeRequest = { action: 'Start' };
const STOP: StateChangeRequest = { action: 'Stop', uid: 'uid-of-vmi' };

describe('without an instance', () => {
  test.each<[RunStrategy, 'start' | 'none']>([
    ['Always', 'start'],
    ['RerunOnFailure', 'start'],
    ['Once', 'start'],
    ['Manual', 'none'],
    ['Halted', 'none'],
  ])('a new VM with %s: %s', (runStrategy, action) => {
    expect(decide(aMachine({ runStrategy }), undefined).action).toBe(action);
  });

  test.each<[RunStrategy, 'start' | 'none']>([
    ['Always', 'start'],
    ['RerunOnFailure', 'none'],
    ['Once', 'none'],
    ['Manual', 'none'],
  ])('a VM that %s has run before: %s', (runStrategy, action) => {
    expect(decide(aMachine({ runStrategy }, { runStrategy }), undefined).action).toBe(action);
  });

  test.each<[RunStrategy, 'start' | 'none']>([
    ['RerunOnFailure', 'start'],
    ['Manual', 'start'],
    ['Halted', 'none'],
  ])('asked to start, %s: %s', (runStrategy, action) => {
    const vm = aMachine({ runStrategy }, { runStrategy, stateChangeRequests: [START] });
    expect(decide(vm, undefined)).toEqual({ action, requests: [START] });
  });

  test('a stop whose instance has gone is done', () => {
    const vm = aMachine({ runStrategy: 'Manual' }, { stateChangeRequests: [STOP, START] });
    expect(decide(vm, undefined)).toEqual({ action: 'start', requests: [START] });
  });
});

describe('with an instance', () => {
  test.each<[RunStrategy, 'stop' | 'none']>([
    ['Always', 'none'],
    ['RerunOnFailure', 'none'],
    ['Manual', 'none'],
    ['Once', 'none'],
    ['Halted', 'stop'],
  ])('that runs, %s: %s', (runStrategy, action) => {
    expect(decide(aMachine({ runStrategy }), anInstance('Running')).action).toBe(action);
  });

  test.each<[RunStrategy, 'stop' | 'none']>([
    ['Always', 'stop'],
    ['RerunOnFailure', 'stop'],
    ['Manual', 'none'],
    ['Once', 'none'],
  ])('whose guest powered itself off, %s: %s', (runStrategy, action) => {
    expect(decide(aMachine({ runStrategy }), anInstance('Succeeded')).action).toBe(action);
  });

  test('RerunOnFailure starts again what failed, and asks for it only once', () => {
    const vm = aMachine({ runStrategy: 'RerunOnFailure' });
    const first = decide(vm, anInstance('Failed'));
    expect(first).toEqual({ action: 'stop', requests: [START] });
    const again = aMachine({ runStrategy: 'RerunOnFailure' }, { stateChangeRequests: [START] });
    expect(decide(again, leaving(anInstance('Failed'))).requests).toEqual([START]);
  });

  test('a restart stops it first and keeps the start', () => {
    const vm = aMachine({}, { stateChangeRequests: [STOP, START] });
    expect(decide(vm, anInstance('Running'))).toEqual({ action: 'stop', requests: [STOP, START] });
  });

  test('a stop of another instance is forgotten', () => {
    const vm = aMachine({}, { stateChangeRequests: [{ action: 'Stop', uid: 'another' }] });
    expect(decide(vm, anInstance('Running'))).toEqual({ action: 'none', requests: [] });
  });

  test('nothing is done to one that is on its way out', () => {
    expect(decide(aMachine({ runStrategy: 'Halted' }), leaving(anInstance('Running'))).action).toBe('none');
  });

  test('a strategy that is not modelled is refused by name', () => {
    const vm = aMachine({ runStrategy: 'WaitAsReceiver' });
    expect(() => decide(vm, anInstance('Running'))).toThrow('WaitAsReceiver is not modelled');
  });
});
