import { expect, test } from 'vitest';
import { createRoom } from '../../bridge/intake/room.ts';

function guests(mostBytes: number) {
  const room = createRoom(mostBytes);
  const gone: string[] = [];
  return { gone, enter: (name: string) => room.enter(() => gone.push(name)) };
}

test('whoever came first gives way when there is no room', () => {
  const { gone, enter } = guests(100);
  const [first, second, third] = [enter('first'), enter('second'), enter('third')];
  second.take(40);
  first.take(40);
  third.take(20);
  expect(gone).toEqual([]);
  third.take(1);
  expect(gone).toEqual(['first']);
});

test('the only one gives way too, once, and takes nothing any more', () => {
  const { gone, enter } = guests(100);
  const first = enter('first');
  first.take(101);
  first.take(101);
  first.leave();
  expect(gone).toEqual(['first']);
  enter('second').take(100);
  expect(gone).toEqual(['first']);
});

test('who has left makes room, once', () => {
  const { gone, enter } = guests(100);
  const first = enter('first');
  first.take(100);
  first.leave();
  first.leave();
  const second = enter('second');
  second.take(100);
  expect(gone).toEqual([]);
  second.take(1);
  expect(gone).toEqual(['second']);
});
