// A problem to be written as a program that solves it: smooth, with its derivatives taken, symbolic in its sizes.

import type { Expr, Shape, VariableNode } from '../../ir/expr.ts';
import type { Fact } from '../../ir/fact.ts';
import type { Rational } from '../../ir/rational.ts';

export interface SolverRequest {
  /** Name of the module. */
  readonly name: string;
  /** The model as it was written, line by line. */
  readonly text: readonly string[];
  readonly sense: 'min' | 'max';
  readonly parameters: readonly SolverParameter[];
  /** The variables of the model. */
  readonly variables: readonly OwnVariable[];
  /** What is solved for: own variables that were not replaced, and helpers. */
  readonly solved: readonly SolvedVariable[];
  /** Of the model, in its own sense, over its own variables. */
  readonly objective: Expr;
  /** To be minimised over what is solved for. */
  readonly smooth: Expr;
  readonly rows: readonly SolverRow[];
  readonly bounds: readonly SolverBound[];
  readonly constraints: readonly SolverConstraint[];
  /** Gradients of `smooth` + Σ weight · row by what is solved for, with the weights of the rows in it. */
  readonly gradients: readonly Expr[];
  /** Certified, under the facts that the program checks. */
  readonly convex: boolean;
  /** What a reader should know: functions whose kinks stayed. */
  readonly remarks: readonly string[];
}

export interface SolverParameter {
  readonly variable: VariableNode;
  /** Facts that the program checks. */
  readonly needs: readonly Fact[];
}

export interface OwnVariable {
  readonly variable: VariableNode;
  /** In terms of what is solved for. */
  readonly recovered: Expr;
  /** Semidefinite: 1 or -1. */
  readonly cone?: 1 | -1;
  readonly structure: 'none' | 'symmetric' | 'diagonal' | 'lower' | 'upper';
}

export interface SolvedVariable {
  readonly variable: VariableNode;
  /** Its start value, over the model's variables; `factor` is a V with V V' the value. Absent for an own variable. */
  readonly start?: { readonly expr: Expr; readonly as: 'value' | 'factor' };
}

/** Compared with zero: equal, or not above it. */
export interface SolverRow {
  readonly expr: Expr;
  readonly isEquation: boolean;
  /** The length of the gradient of each entry. */
  readonly norm: Expr;
  /** Multipliers and penalties, one for each entry. */
  readonly y: VariableNode;
  readonly rho: VariableNode;
  /** Which constraint it is; absent for rows that tie helpers. */
  readonly constraint?: number;
}

/** `factor` times the variable, less `factor` times `value`, compared with zero. */
export interface SolverBound {
  /** Which of those solved for. */
  readonly of: number;
  readonly side: 'lower' | 'upper' | 'both';
  /** Of the variable's shape. */
  readonly value: Expr;
  readonly factor: Rational;
  readonly constraint?: number;
}

export interface SolverConstraint {
  readonly name: string;
  readonly shape: Shape;
}
