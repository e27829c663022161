/**
 * The eraser's right: to make an object as if it had never been, its earlier versions included. Only `til forget` is given one; whoever
 * has a `Bucket` can neither remove nor overwrite. `test/contract/eraser.ts` checks what is promised here.
 *
 * Erasing an object that does not exist succeeds. What a call has erased stays erased, also after power loss. A call that was cut short may
 * have erased a part (of an object with versions, the newer ones); the same call again erases the rest.
 */
export interface Eraser {
  /** Erases one object. */
  erase(key: string): Promise<void>;
  /** Erases all objects in a folder: those whose keys begin with `folder/`. */
  eraseAll(folder: string): Promise<void>;
}
