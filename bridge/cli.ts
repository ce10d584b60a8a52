#!/usr/bin/env node
import { outliveClosedPipes } from './commands/closed-pipe.ts';
import { runProgram } from './program.ts';

outliveClosedPipes([process.stdout, process.stderr]);
await runProgram(process.argv);
