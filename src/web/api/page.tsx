import type { Context } from 'hono';
import { API_SCOPES } from '../../domain/api-scope.ts';
import { Details } from '../components/details.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { Tag } from '../components/tag.tsx';
import type { SiteEnv } from '../env.ts';
import { siteFrame, textsOf } from '../frame.tsx';
import { type Json, problemsOf } from './document.ts';
import type { Operation } from './operation.ts';
import { PROBLEMS, type ProblemCode } from './problem.ts';

type Words = ReturnType<typeof textsOf>['api'];

interface DocumentedOperation {
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: Json;
    readonly description?: string;
    readonly example?: unknown;
  }[];
}

/** `/api`: the document for people. It is drawn here and needs no script. */
export function apiPage(c: Context<SiteEnv>, operations: readonly Operation[], document: Json) {
  const { api: text } = textsOf(c);
  const paths = document.paths as Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  return c.html(
    <PublicLayout {...siteFrame(c)} title={text.title}>
      <PageHeader title={text.title} lead={text.lead} />
      <div class="dp-stack" data-gap="l">
        <p>
          <a href="/api/v1/openapi.json">{text.document}</a>
        </p>
        <section class="dp-stack" aria-labelledby="aturan">
          <h2 id="aturan">{text.rulesTitle}</h2>
          <p>{text.key}</p>
          <ul>
            {text.rules.map((rule) => (
              <li>{rule}</li>
            ))}
          </ul>
        </section>
        <section class="dp-stack" aria-labelledby="hak">
          <h2 id="hak">{text.scopesTitle}</h2>
          <dl class="dp-list">
            {API_SCOPES.map((scope) => (
              <div>
                <dt>
                  <code>{scope}</code>
                </dt>
                <dd>{text.scopes[scope]}</dd>
              </div>
            ))}
          </dl>
        </section>
        {tags.map((tag) => (
          <section class="dp-stack" aria-labelledby={`bagian-${tag}`}>
            <h2 id={`bagian-${tag}`}>{text.tags[tag]}</h2>
            {operations
              .filter((op) => op.tag === tag)
              .map((op) => {
                const documented = paths[op.path]?.[op.method.toLowerCase()];
                return documented && <OperationPart op={op} documented={documented} text={text} />;
              })}
          </section>
        ))}
        <section class="dp-stack" aria-labelledby="masalah">
          <h2 id="masalah">{text.problemsTitle}</h2>
          <dl class="dp-list">
            {(Object.keys(PROBLEMS) as ProblemCode[]).map((code) => (
              <div id={code}>
                <dt>
                  <code>{code}</code> ({PROBLEMS[code]})
                </dt>
                <dd>
                  {text.problems[code].title}. {text.problems[code].detail}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </PublicLayout>,
  );
}

function OperationPart(props: {
  readonly op: Operation;
  readonly documented: DocumentedOperation;
  readonly text: Words;
}) {
  const { op, documented, text } = props;
  return (
    <section class="dp-panel dp-stack" aria-labelledby={op.id}>
      <h3 id={op.id}>{documented.summary}</h3>
      <p class="dp-endpoint">
        <Tag tone={op.method === 'GET' ? 'info' : 'warning'}>{op.method}</Tag> <code>/api/v1{op.path}</code>
      </p>
      {documented.description.split('\n\n').map((part) => (
        <p>{part.replaceAll('`', '')}</p>
      ))}
      {documented.parameters.length > 0 && (
        <Details summary={text.parametersTitle}>
          <dl class="dp-list">
            {documented.parameters.map((one) => (
              <div>
                <dt>
                  <code>{one.name}</code> ({one.in}
                  {one.required ? `, ${text.required}` : ''})
                </dt>
                <dd>
                  {one.description ?? ''} <code>{formOf(one.schema)}</code>
                </dd>
              </div>
            ))}
          </dl>
        </Details>
      )}
      {op.body !== null && (
        <Details summary={text.requestTitle}>
          <Example value={op.example.body ?? {}} />
        </Details>
      )}
      <Details summary={text.answerTitle}>
        <Example value={op.example.answer} />
      </Details>
      <Details summary={text.problemList}>
        <ul>
          {problemsOf(op).map((code) => (
            <li>
              <a href={`#${code}`}>
                {PROBLEMS[code]} {code}
              </a>
            </li>
          ))}
        </ul>
      </Details>
    </section>
  );
}

function Example({ value }: { readonly value: unknown }) {
  return (
    // A long line is scrolled by keyboard as well.
    <pre class="dp-json" tabindex={0}>
      <code>{JSON.stringify(value, null, 2)}</code>
    </pre>
  );
}

/** What a value looks like, in a few words: its choices, or its type. */
function formOf(schema: Json): string {
  if (Array.isArray(schema.enum)) return schema.enum.join(' | ');
  const { type, format, minimum, maximum } = schema;
  const range = minimum !== undefined && maximum !== undefined ? ` ${minimum}–${maximum}` : '';
  return `${String(format ?? type ?? '')}${range}`;
}
