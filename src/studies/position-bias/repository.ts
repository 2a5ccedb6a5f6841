// The configuration files of the repository ml-uhh/position-bias (Herasimchyk, Labryga, Prusina, Laue, arXiv
// 2602.16837), as a description of a stack.

import { badStack, shown } from './problem.ts';
import { type Fields, fieldsOf, isFields } from './fields.ts';

export function isRepositoryFormat(value: unknown): boolean {
  return isFields(value) && ('sequence_length' in value || 'num_layers' in value || 'attention_config' in value);
}

/** The same stack in the words of this program; ranges are checked where that is read. */
export function fromRepository(value: unknown): Fields {
  const all = fieldsOf(value, '', ['sequence_length', 'num_layers', 'mask_config', 'attention_config', 'content_config', 'lambda_schedule_config', 'save_dir']);
  const attention = fieldsOf(all['attention_config'], 'attention_config', ['num_heads', 'alibi_slopes', 'head_weights', 'softmax_temperature']);
  const content = fieldsOf(all['content_config'] ?? {}, 'content_config', ['diagonal_scores', 'base_scores']);
  return {
    length: all['sequence_length'],
    layers: all['num_layers'],
    heads: attention['num_heads'],
    mask: maskOf(all['mask_config'] ?? {}),
    positions: attention['alibi_slopes'] === undefined || attention['alibi_slopes'] === null ? 'none' : { alibi: attention['alibi_slopes'] },
    ...(present(attention['head_weights']) && { headWeights: attention['head_weights'] }),
    ...(present(attention['softmax_temperature']) && { temperature: attention['softmax_temperature'] }),
    content: {
      ...(present(content['base_scores']) && { base: content['base_scores'] }),
      ...(present(content['diagonal_scores']) && { diagonal: content['diagonal_scores'] }),
    },
    residual: scheduleOf(all['lambda_schedule_config']),
  };
}

function maskOf(value: unknown): unknown {
  const { mask_type: type = 'causal', window_size: width } = fieldsOf(value, 'mask_config', ['mask_type', 'window_size']);
  switch (type) {
    case 'causal':
    case 'full':
      return type;
    case 'sliding_window':
      return { window: width };
    default:
      throw badStack('mask_config.mask_type', 'there is no such mask', { needed: 'causal, full or sliding_window', found: shown(type) });
  }
}

function scheduleOf(value: unknown): unknown {
  const at = 'lambda_schedule_config';
  const fields = fieldsOf(value, at, ['schedule_type', 'lambda_const', 'lambda_0', 'beta', 'lambdas_custom']);
  const type = fields['schedule_type'];
  switch (type) {
    case 'constant':
      return fields['lambda_const'];
    case 'power_decay':
      return { power: { first: fields['lambda_0'], exponent: fields['beta'] } };
    case 'custom':
      return fields['lambdas_custom'];
    default:
      throw badStack(`${at}.schedule_type`, 'there is no such schedule', { needed: 'constant, power_decay or custom', found: shown(type) });
  }
}

function present(value: unknown): boolean {
  return value !== undefined && value !== null;
}
