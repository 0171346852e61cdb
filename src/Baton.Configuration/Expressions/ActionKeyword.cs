// The row of an action of the rules, as far as the parser needs it.
namespace Baton.Configuration.Expressions;

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

    /// <summary>Looks at the rule once the whole configuration has been read: what is wrong with it, or null.</summary>
    public System.Func<RuleConfig, string?>? CheckAtEnd { get; init; }

    /// <summary>Its name ends in a number, and with other numbers it is the same action.</summary>
    public bool IsNumbered { get; init; }

    /// <summary>Its first argument is a key of a stick table, which the option "table" names (<see cref="RuleConfig.Table"/>).</summary>
    public bool TakesTable { get; init; }

    /// <summary>The stick counter that a rule is about; there have to be so many.</summary>
    public System.Func<RuleConfig, int>? StickCounter { get; init; }

    /// <summary>Only after "expose-experimental-directives".</summary>
    public bool IsExperimental { get; init; }

    /// <summary>True when no rule after it can run if its condition matches.</summary>
    public bool Final { get; init; }
    public required string Summary { get; init; }
}
