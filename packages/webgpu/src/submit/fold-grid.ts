/** A grid of at least `workgroups` workgroups in two dimensions of up to `limit`; shaders leave out the surplus. */
export function foldGrid(workgroups: number, limit: number): [x: number, y: number] {
  const rows = Math.ceil(workgroups / limit);
  return rows <= 1 ? [workgroups, 1] : [Math.ceil(workgroups / rows), rows];
}
