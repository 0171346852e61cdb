// The conditions of "set-var(name,cond,...)": when the new value is taken (manual, "http-request set-var").
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Samples;
using Baton.Engine.Streams;

namespace Baton.Engine.Variables;

/// <summary>All conditions named must hold.</summary>
internal readonly struct VariableConditions
{
    [Flags]
    private enum Kind : byte
    {
        None = 0,
        Exists = 1,
        NotExists = 2,
        Empty = 4,
        NotEmpty = 8,
        Set = 16,
        NotSet = 32,
        Greater = 64,
        Less = 128,
    }

    private static readonly string[] Words = ["ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt"];

    private readonly Kind _kinds;

    private VariableConditions(Kind kinds) => _kinds = kinds;

    /// <summary>Up to four may be given together; more would contradict each other.</summary>
    internal static ArgumentSpec[] Arguments { get; } =
    [
        new(ArgumentKind.Choice, "condition", true, Words),
        new(ArgumentKind.Choice, "condition", true, Words),
        new(ArgumentKind.Choice, "condition", true, Words),
        new(ArgumentKind.Choice, "condition", true, Words),
    ];

    internal static VariableConditions Read(Argument[] arguments)
    {
        var kinds = Kind.None;
        foreach (Argument a in arguments)
            if (a.Kind == ArgumentKind.Choice && !a.Absent)
                kinds |= (Kind)(1 << Array.IndexOf(Words, a.Text));
        return new VariableConditions(kinds);
    }

    internal bool Allow(ProxyStream stream, VariableName name, scoped in SampleValue value)
    {
        if (_kinds == Kind.None)
            return true;
        // empty speaks of the new value, the others of the old one
        if (Has(Kind.Empty) && !(value.HasText && value.Text.IsEmpty))
            return false;
        if (Has(Kind.NotEmpty) && value.HasText && value.Text.IsEmpty)
            return false;
        bool set = VariableAccess.IsSet(stream, name),
            exists = set || name.Scope == VariableScope.Process;
        if (Has(Kind.Exists) && !exists || Has(Kind.NotExists) && exists || Has(Kind.Set) && !set || Has(Kind.NotSet) && set)
            return false;
        if (!Has(Kind.Greater | Kind.Less))
            return true;
        Span<byte> scratch = stackalloc byte[64];
        scoped SampleValue old = default;
        // what cannot be compared is not held against it
        if (value.Type != SampleType.Integer || !VariableAccess.TryGet(stream, name, scratch, ref old) || old.Type != SampleType.Integer)
            return true;
        return !(Has(Kind.Greater) && old.Number <= value.Number) && !(Has(Kind.Less) && old.Number >= value.Number);
    }

    private bool Has(Kind kind) => (_kinds & kind) != 0;
}
