// The Derive page: the input, its reading, the derivative, and the tabs under it.

import './derive.css';
import type { JSX } from 'preact';
import { Answer } from './answer.tsx';
import { Choices } from './choices.tsx';
import { Input } from './input.tsx';
import { Tabs } from './tabs.tsx';
import { Variables } from './variables.tsx';

export function DeriveRoom(): JSX.Element {
  return (
    <div class="derive">
      <div class="question">
        <Input />
        <Choices />
        <Variables />
      </div>
      <Answer />
      <Tabs />
    </div>
  );
}
