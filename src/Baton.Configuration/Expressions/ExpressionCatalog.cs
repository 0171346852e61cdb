// What the configuration parser knows of fetches, converters, actions and log-format aliases. The tables stand beside
// their implementations in Baton.Engine; the composition root concatenates them and hands them in, so that
// Configuration never sees Engine.
using System;
using System.Collections.Generic;

namespace Baton.Configuration.Expressions;

public sealed class ExpressionCatalog
{
    public Dictionary<string, SampleFetchKeyword> Fetches { get; } = [];
    public Dictionary<string, ConverterKeyword> Converters { get; } = [];

    /// <summary>Several rows may share a name with different rule sets.</summary>
    public Dictionary<string, List<ActionKeyword>> Actions { get; } = [];
    public Dictionary<string, LogFormatAlias> LogAliases { get; } = [];
    public Dictionary<string, FilterKeyword> Filters { get; } = [];

    /// <summary>Compiles a regular expression, given whether it ignores case: the object for the argument, or null and what is
    /// wrong.</summary>
    public Func<string, bool, (object? Compiled, string Error)> CompileRegex { get; set; } =
        static (_, _) => (null, "regular expressions are not available");

    /// <summary>Finds or makes what holds the patterns of an ACL line: the objects for <see cref="AclExpressionConfig.Tables"/>, or null
    /// and what is wrong.</summary>
    public Func<AclPatternsConfig, (object[]? Tables, string Error)> BindPatterns { get; set; } =
        static _ => (null, "patterns are not available");

    /// <summary>The variables the configuration names.</summary>
    public VariableNames Variables { get; init; } = new();
}
