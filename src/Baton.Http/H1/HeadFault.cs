namespace Baton.Http.H1;

/// <summary>What is wrong with a message: the offset of the first byte that cannot be there, and what was being read.</summary>
public readonly record struct HeadFault(int Position, HeadState State);
