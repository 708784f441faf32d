export declare const workspaceRoot: string
export declare const REQUIRED_NODE_MAJOR: number
export declare function findNode(): string | undefined
