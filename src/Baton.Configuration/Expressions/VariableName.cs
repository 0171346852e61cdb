namespace Baton.Configuration.Expressions;

/// <summary>A variable as rules refer to it; the index stands for scope and name together and is the key at run time.</summary>
public sealed record VariableName(VariableScope Scope, string Text, int Index);
