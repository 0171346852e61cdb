// A rule line of any rule set: an action with its arguments and an optional condition.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

public sealed class RuleConfig
{
    public required ActionKeyword Action { get; init; }
    public required RuleSets RuleSet { get; init; }
    public required SourcePosition Position { get; init; }

    /// <summary>The action's name as it was written.</summary>
    public string Word { get; init; } = "";

    /// <summary>The stick table of an action that takes one.</summary>
    public StickTableReference? Table { get; set; }

    /// <summary>The section it was written in.</summary>
    public required ProxyConfig Proxy { get; init; }
    public Argument[] ParenthesisArguments { get; init; } = [];
    public Argument[] Arguments { get; init; } = [];
    public List<(ActionOptionSpec Option, Argument[] Arguments)> Options { get; } = [];

    /// <summary>The slot of an action that captures.</summary>
    public int CaptureSlot { get; set; }

    /// <summary>The answer of an action that has one.</summary>
    public HttpReplyConfig? Reply { get; init; }
    public AclConditionConfig? Condition { get; init; }
}
