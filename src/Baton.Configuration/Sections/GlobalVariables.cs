// global: "set-var proc.NAME SAMPLE" and "set-var-fmt proc.NAME FORMAT": variables of the process before any traffic.
using System;
using Baton.Configuration.Catalog;
using Baton.Configuration.Directives;
using Baton.Configuration.Expressions;

namespace Baton.Configuration.Sections;

internal static class GlobalVariables
{
    /// <summary>Log-format aliases that say something without a stream.</summary>
    private static readonly string[] AliasesOfTheProcess = ["H", "pid"];

    private static VariableName? Name(DirectiveContext c, string value)
    {
        if (c.Count < 2)
        {
            c.Error($"'{c.Keyword}' requires a process-wide variable name ('proc.<name>') and a {value}.", c.Keyword);
            return null;
        }
        if (!c.Expect(2, 2, value))
            return null;
        if (c.Expressions.Variables.Resolve(c[0], out string error) is not { } name)
        {
            c.Error($"'{c.Keyword}' : {error}", c[0]);
            return null;
        }
        if (name.Scope == VariableScope.Process)
            return name;
        c.Error($"'{c.Keyword}': cannot set variable '{c[0]}', only scope 'proc' is permitted in the global section.", c[0]);
        return null;
    }

    private static bool IsKnownAtStart(DirectiveContext c, SampleExpressionConfig sample)
    {
        if (sample.Needs == SampleNeeds.None)
            return true;
        c.Error(
            $"sample fetch <{sample.Text}> needs '{RuleContext.Describe(sample.Needs)}', which is not available here.",
            sample.Fetch.Name
        );
        return false;
    }

    private static void Set(DirectiveContext c)
    {
        if (Name(c, "sample expression") is not { } name)
            return;
        if (
            c.Expressions.ParseSample(c.Arguments[1..], c.Position, SampleNeeds.None, out _) is not { } sample
            || !IsKnownAtStart(c, sample)
        )
            return;
        c.Global.ProcessVariables.Add(new ProcessVariableConfig(name, sample, null, c.Position));
    }

    private static void SetFormat(DirectiveContext c)
    {
        if (Name(c, "format string") is not { } name || c.Expressions.ParseFormat(c[1], c.Position, SampleNeeds.None) is not { } format)
            return;
        foreach (LogFormatNode node in format.Nodes)
        {
            if (node.Sample is { } sample && !IsKnownAtStart(c, sample))
                return;
            if (node.Alias is not { } alias || Array.IndexOf(AliasesOfTheProcess, alias.Name) >= 0)
                continue;
            c.Error($"'set-var-fmt' : log-format alias '{alias.Name}' is not available here.", alias.Name);
            return;
        }
        c.Global.ProcessVariables.Add(new ProcessVariableConfig(name, null, format, c.Position));
    }

    internal static readonly DirectiveKeyword[] Keywords =
    [
        new("set-var", SectionKinds.Global, Set),
        new("set-var-fmt", SectionKinds.Global, SetFormat),
    ];
}
