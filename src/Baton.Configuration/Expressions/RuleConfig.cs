// A rule line of any rule set: an action with its arguments and an optional condition.
using System.Collections.Generic;
using Baton.Configuration.Model;

namespace Baton.Configuration.Expressions;

/// <summary>Where an action may stand.</summary>
[System.Flags]
public enum RuleSets : ushort
{
    None = 0,
    TcpRequestConnection = 1,
    TcpRequestSession = 2,
    TcpRequestContent = 4,
    TcpResponseContent = 8,
    HttpRequest = 16,
    HttpResponse = 32,
    HttpAfterResponse = 64,
    Redirect = 128,
    Global = 256,
    QuicInitial = 512,

    /// <summary>No actions stand here, only conditions and names made of samples.</summary>
    UseBackend = 1024,
    UseServer = 2048,
    AnyHttp = HttpRequest | HttpResponse | HttpAfterResponse,
    AnyTcp = TcpRequestConnection | TcpRequestSession | TcpRequestContent | TcpResponseContent,
}

/// <summary>A row of the action tables: where valid, positional arguments, then named options in any order. The engine derives its
/// executing kind from it.</summary>
public class ActionKeyword
{
    public required string Name { get; init; }
    public required RuleSets ValidIn { get; init; }
    public ArgumentSpec[] Arguments { get; init; } = [];

    /// <summary>Options such as "status N" or "hdr NAME FMT" of return; repeated ones keep their order.</summary>
    public ActionOptionSpec[] Options { get; init; } = [];

    /// <summary>The name takes a parenthesised argument: set-var(txn.x), sc-inc-gpc0(1), track-sc0 by prefix digits.</summary>
    public ArgumentSpec[] ParenthesisArguments { get; init; } = [];

    /// <summary>Behind the name stand the words of an answer (see HttpReplyParser).</summary>
    public bool HasReply { get; init; }

    /// <summary>The answer's status when the rule names none; 0: the action decides by its rule set.</summary>
    public int DefaultStatus { get; init; }

    /// <summary>Looks at the whole rule; what is wrong with it, or null.</summary>
    public System.Func<RuleConfig, string?>? Check { get; init; }

    /// <summary>Only after "expose-experimental-directives".</summary>
    public bool IsExperimental { get; init; }

    /// <summary>True when no rule after it can run if its condition matches.</summary>
    public bool Final { get; init; }
    public required string Summary { get; init; }
}

public sealed record ActionOptionSpec(string Name, ArgumentSpec[] Arguments, bool Repeatable = false);

public sealed class RuleConfig
{
    public required ActionKeyword Action { get; init; }
    public required RuleSets RuleSet { get; init; }
    public required SourcePosition Position { get; init; }

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
