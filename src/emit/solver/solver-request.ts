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
  /** Gradients of Σ y · row over constraints that are rows, by what is solved for; none without such rows. */
  readonly pulls: readonly Expr[];
  readonly cones: readonly SolverCone[];
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

/** Counts with the largest sum of weight times entry over the weights that it allows. */
export interface SolverRow {
  readonly expr: Expr;
  readonly weights: SolverWeights;
  /** The length of the gradient of each entry. */
  readonly norm: Expr;
  /** Multipliers and penalties, one for each entry. */
  readonly y: VariableNode;
  readonly rho: VariableNode;
  /** Which constraint it is; absent for rows that tie helpers. */
  readonly constraint?: number;
}

export type SolverWeights =
  /** Compared with zero: any weights for equal, any that are not negative for not above it. */
  | { readonly kind: 'equation' | 'inequality' }
  /** A kink, entry by entry: weights between these, of the row's shape. */
  | { readonly kind: 'interval'; readonly least: Expr; readonly most: Expr }
  /** Norms: along the last axes, those that the radius does not have, weights no longer than it. */
  | { readonly kind: 'ball'; readonly radius: Expr };

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

/** A semidefinite matrix that is solved for by a factor. */
export interface SolverCone {
  /** Its factor among those solved for. */
  readonly of: number;
  /** The variable of the model that it is; absent for a helper. */
  readonly name?: string;
  /** The gradient of `smooth` + Σ y · row by it, in the sign of the cone: semidefinite at an optimum. */
  readonly gradient: Expr;
}

export interface SolverConstraint {
  readonly name: string;
  readonly shape: Shape;
}
