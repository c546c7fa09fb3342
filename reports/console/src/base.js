// SPDX-License-Identifier: Apache-2.0
// What all files of the bundle share, in one: what compresses together is
// fetched together.
export * from './action.js';
export * from './api.js';
export * from './charts.js';
export * from './core.js';
export * from './keys.js';
export * from './later.js';
export * from './parts.js';
export * from './search.js';
export * from './table.js';
// Last: it draws, and all above must be there.
import './frame.js';
