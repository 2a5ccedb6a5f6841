// Figures as data: what is drawn, never how. `svg.ts` draws them.

export interface FigureAxis {
  readonly label: string;
  /** Linear unless told; a logarithmic axis leaves out what is not positive. */
  readonly scale?: 'linear' | 'log';
  /** Ends of the axis; those of the data unless told. */
  readonly from?: number;
  readonly to?: number;
}

interface FigureFrame {
  /** Short and unique in a report; the name of its file. */
  readonly name: string;
  readonly title: string;
  /** What the figure shows, in a sentence or two, for those who do not see it. */
  readonly says: string;
}

export interface LineSeries {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** A band around the line, such as a confidence interval. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] };
  readonly style?: 'solid' | 'dashed' | 'dotted';
}

/** A straight line across the figure, such as a bound. */
export interface Mark {
  readonly axis: 'x' | 'y';
  readonly at: number;
  readonly label: string;
}

export interface LineFigure extends FigureFrame {
  readonly kind: 'lines';
  readonly x: FigureAxis;
  readonly y: FigureAxis;
  readonly series: readonly LineSeries[];
  readonly marks?: readonly Mark[];
}

export interface ScatterFigure extends FigureFrame {
  readonly kind: 'scatter';
  readonly x: FigureAxis;
  readonly y: FigureAxis;
  readonly groups: readonly { readonly name: string; readonly x: readonly number[]; readonly y: readonly number[] }[];
  readonly marks?: readonly Mark[];
}

/** Row 0 is on top. */
export interface HeatFigure extends FigureFrame {
  readonly kind: 'heat';
  readonly x: { readonly label: string; readonly names: readonly string[] };
  readonly y: { readonly label: string; readonly names: readonly string[] };
  /** By row, then by column; what is no finite number stays blank. */
  readonly values: readonly (readonly number[])[];
  /** What the colour tells. */
  readonly colour: string;
  /** Cells that are pointed out. */
  readonly spots?: readonly { readonly row: number; readonly column: number; readonly label: string }[];
}

export interface BarFigure extends FigureFrame {
  readonly kind: 'bars';
  readonly x: { readonly label: string; readonly names: readonly string[] };
  readonly y: FigureAxis;
  readonly series: readonly {
    readonly name: string;
    /** One for each name on the axis. */
    readonly values: readonly number[];
    readonly intervals?: readonly (readonly [low: number, high: number])[];
  }[];
  readonly marks?: readonly Mark[];
}

export type Figure = LineFigure | ScatterFigure | HeatFigure | BarFigure;
