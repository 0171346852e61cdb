// Rule sets as they are written at the start of a rule.
using System.Collections.Generic;
using Baton.Configuration.Expressions;

namespace Baton.Control.Reference;

public static class RuleSetNames
{
    private static readonly (RuleSets Set, string Name)[] Names =
    [
        (RuleSets.QuicInitial, "quic-initial"),
        (RuleSets.TcpRequestConnection, "tcp-request connection"),
        (RuleSets.TcpRequestSession, "tcp-request session"),
        (RuleSets.TcpRequestContent, "tcp-request content"),
        (RuleSets.TcpResponseContent, "tcp-response content"),
        (RuleSets.HttpRequest, "http-request"),
        (RuleSets.HttpResponse, "http-response"),
        (RuleSets.HttpAfterResponse, "http-after-response"),
    ];

    /// <summary>The names of the members of a set, in the order in which they run.</summary>
    public static List<string> Of(RuleSets sets)
    {
        var names = new List<string>();
        foreach ((RuleSets set, string name) in Names)
            if ((sets & set) != 0)
                names.Add(name);
        return names;
    }
}
