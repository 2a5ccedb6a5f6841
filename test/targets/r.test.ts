// Emitted code for R, run by Rscript.

import { must } from '../../src/base/internal.ts';
import { rLanguage } from '../../src/emit/r.ts';
import { scriptTests } from './scripts.ts';

const quoted = (text: string): string => JSON.stringify(text);

scriptTests({
  dialect: rLanguage,
  command: ['Rscript', '--vanilla'],
  missing: 'there is no Rscript',
  array: (entries, sizes) => (sizes.length === 0 ? must(entries[0]) : sizes.length === 1 ? `c(${entries.join(', ')})` : `array(c(${entries.join(', ')}), c(${sizes.join(', ')}))`),
  declared: (a, b, k) => `function(x) ${a ** k} * sin(${a} * x + 0.4 + ${k} * pi / 2) + ${b ** k} * exp(${b} * x) * 0.5`,
  head: (answers) => `options(warn = -1)
out <- file(${quoted(answers)}, "w")
answer <- function(job, name, x) {
  sizes <- if (!is.null(dim(x))) dim(x) else if (length(x) > 1) length(x)
  cat(job, name, paste(sizes, collapse = " "), paste(sprintf("%.17g", x), collapse = " "), sep = "\\t", file = out)
  cat("\\n", file = out)
}
run <- function(job, path, arguments, calls, direction = NULL) {
  tryCatch({
    module <- new.env()
    sys.source(path, envir = module)
    for (call in calls) {
      value <- do.call(module[[call]], arguments)
      if (call == "both") {
        answer(job, "both 1", value[[1]])
        answer(job, "both 2", value[[2]])
      } else {
        answer(job, call, value)
      }
    }
    if (!is.null(direction)) {
      core <- do.call(module$derivative_core, arguments)
      applied <- module$derivative_apply(core, direction)
      answer(job, "applied", applied)
      solution <- if (!is.null(module$derivative_solve)) tryCatch(module$derivative_solve(core, applied), error = function(problem) {
        if (grepl("singular", conditionMessage(problem))) NULL else stop(problem)
      })
      if (!is.null(solution) && max(abs(solution)) < 1e3 * max(abs(direction))) answer(job, "resolved", module$derivative_apply(core, solution))
    }
  }, error = function(problem) cat(job, "\\t!\\t", gsub("\\n", " ", conditionMessage(problem)), "\\n", sep = "", file = out))
}`,
  job: ({ number, folder, path, names, values, calls, direction }) =>
    `run(${number}, ${quoted(`${folder}/${path}`)}, list(${names.map((n, i) => `${n} = ${values[i]}`).join(', ')}), c(${calls.map(quoted).join(', ')})${direction === undefined ? '' : `, ${direction}`})`,
  tail: 'close(out)',
  functions: (text) => [...text.matchAll(/^([A-Za-z]\w*) <- function/gm)].map((m) => must(m[1])),
  parameters: (text, name) => must(new RegExp(`^${name} <- function\\(\\s*([^)]*?)\\s*\\)`, 'm').exec(text)?.[1]).split(', ').filter((n) => n !== ''),
  hasCore: (text) => text.includes('\nderivative_core <- '),
  // A vector of one entry is a number.
  sizes: (sizes) => (sizes.length === 1 && sizes[0] === 1 ? [] : sizes),
  attack: (path) => `file.create(${quoted(path)})`,
  hostile: (attack) => [`x"); ${attack} #`, `x\n${attack}`, `x\r${attack}`, `\`); ${attack} #`, `x\\"); ${attack}`, `{\n${attack}\n}`, `\\n${attack}`, `%d %s \\x41 ${attack}`, `@export \\code{`],
  wrong: [
    [{ x: [1, 2, 3], A: [[1, 2], [3, 4]], y: [1, 2] }, /^A must be a matrix of m x n with n = 3 from x, got a matrix of 2 x 2$/],
    [{ x: [1, 2], A: [[1, 2], [3, 4]], y: [1, 2, 3] }, /^y must be a vector of length m with m = 2 from A, got a vector of length 3$/],
    [{ x: [[1, 2]], A: [[1, 2], [3, 4]], y: [1, 2] }, /^x must be a vector of length n, got a matrix of 1 x 2$/],
  ],
  selfCheck: (folder, { path }) => `source(${quoted(`${folder}/${path}`)})\nself_check()\n`,
});
