// What a dashboard's JSON must look like, from the types of Grafana's own package.
import type {
  AnnotationQuery, Dashboard, DataQuery, DataSourceRef, DataTransformerConfig, FieldConfig, MatcherConfig, Panel, RowPanel, VariableModel,
} from '@grafana/schema';

/** T as JSON has it: in place of an enum the values that it stands for, at every depth. */
export type Json<T> = unknown extends T
  ? T
  : T extends string
    ? (string extends T ? T : `${T}`)
    : T extends number
      ? (number extends T ? T : `${T}` extends `${infer N extends number}` ? N : never)
      : T extends boolean | null | undefined
        ? T
        : T extends ReadonlyArray<infer E>
          ? Array<Json<E>>
          : { [K in keyof T]: Json<T[K]> };

/** A dashboard without its panels, which are checked one by one, and with variables and annotations. */
export type Page = Json<Omit<Dashboard, 'panels' | 'templating' | 'annotations'>> & {
  templating?: { list?: Array<Json<VariableModel>> };
  annotations?: { list?: Mark[] };
};

/** Marks in charts, asked of Prometheus: what its data source reads beside what all annotations have. */
export type Mark = Json<Omit<AnnotationQuery, 'target'>> & {
  target?: Omit<Question, 'datasource'>;
  tagKeys?: string;
  textFormat?: string;
  titleFormat?: string;
  useValueForTime?: boolean;
};

/** A row, without the panels in it. */
export type Row = Json<Omit<RowPanel, 'panels'>> & { panels: [] };

/** A question to Prometheus. Grafana's package has no type of it any more; these are the keys that its editor knows. */
export interface Question extends Omit<DataQuery, 'datasource'> {
  datasource: DataSourceRef;
  expr: string;
  editorMode?: 'builder' | 'code';
  exemplar?: boolean;
  format?: 'heatmap' | 'table' | 'time_series';
  instant?: boolean;
  interval?: string;
  intervalFactor?: number;
  legendFormat?: string;
  range?: boolean;
}

/** How figures look, with what a kind of panel adds. */
export type Figures<Custom> = Json<Omit<FieldConfig, 'custom'>> & { custom?: Json<Custom> };

/** A panel of one kind, without the properties of single fields, whose values follow. */
export type PanelOf<Options, Custom> = Json<Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets' | 'transformations'>> & {
  type: string;
  options: Json<Options>;
  fieldConfig?: { defaults: Figures<Custom>; overrides: [] };
  targets?: Question[];
  transformations?: DataTransformerConfig[];
};

/** To which fields properties apply. */
export type Matched = Json<MatcherConfig>;

/** The properties of a field that are set one by one, each under its name. */
export type Property<Custom> = Partial<Figures<Custom>>;
