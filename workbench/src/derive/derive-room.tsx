// The Derive page: the input, its reading, the derivative, and the tabs under it.

import './derive.css';
import type { JSX } from 'preact';
import { useMedia } from '../parts/media.ts';
import { Answer } from './answer.tsx';
import { Strip } from './as-read.tsx';
import { Choices } from './choices.tsx';
import { Input, Messages } from './input.tsx';
import { Tabs } from './tabs.tsx';
import { Variables } from './variables.tsx';

// As in the style sheet.
const twoColumns = '(min-width: 64rem)';

export function DeriveRoom(): JSX.Element {
  // Beside the input there is room under the answer, where messages come and go without moving anything.
  const isWide = useMedia(twoColumns);
  return (
    <div class="derive">
      <Input>{!isWide && <Strip />}</Input>
      <Choices />
      <Answer isWide={isWide}>{isWide && <Messages />}</Answer>
      <Variables />
      <Tabs />
    </div>
  );
}
