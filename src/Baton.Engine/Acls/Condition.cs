// "if" and "unless" at run time: alternatives of terms, each an ACL with its patterns made ready once.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Rules;
using Baton.Engine.Streams;

namespace Baton.Engine.Acls;

public sealed class Condition
{
    private readonly AclConditionConfig _config;
    private readonly bool _unless;
    private readonly (AclTest[] Tests, bool Negated)[][] _alternatives;

    public Condition(AclConditionConfig config)
    {
        _config = config;
        _unless = config.Unless;
        _alternatives = Array.ConvertAll(config.Alternatives, terms => Array.ConvertAll(terms, t => (Tests(t.Acl), t.Negated)));
    }

    private static AclTest[] Tests(AclConfig acl)
    {
        var tests = new List<AclTest>();
        foreach (AclExpressionConfig e in acl.Alternatives)
            tests.Add(new AclTest(e));
        return tests.ToArray();
    }

    public bool Holds(ProxyStream stream) => Test(stream, final: true) == AclResult.Pass;

    /// <summary>Pass when the rule applies; Pending when that depends on bytes that may still come (never when
    /// <paramref name="final"/>).</summary>
    public AclResult Test(ProxyStream stream, bool final)
    {
        var result = AclResult.Fail;
        foreach ((AclTest[] Tests, bool Negated)[] terms in _alternatives)
        {
            AclResult all = All(terms, stream, final);
            if (all > result)
                result = all;
            if (result == AclResult.Pass)
                break;
        }
        return _unless ? Not(result) : result;
    }

    /// <summary>Each of its ACLs with what it sees of the stream and says to it, for people; behind all of it by now.</summary>
    internal List<ExplainedTerm> Explain(ProxyStream stream)
    {
        var all = new List<ExplainedTerm>();
        for (int i = 0; i < _alternatives.Length; i++)
        for (int j = 0; j < _alternatives[i].Length; j++)
        {
            AclConfig acl = _config.Alternatives[i][j].Acl;
            foreach (AclTest test in _alternatives[i][j].Tests)
            {
                (string sample, string? seen) = test.Describe(stream);
                bool matches = test.Test(stream, final: true) == AclResult.Pass;
                all.Add(new ExplainedTerm(acl.Name, sample, seen, matches, _alternatives[i][j].Negated, i));
            }
        }
        return all;
    }

    private static AclResult Not(AclResult result) => AclResult.Pass - (byte)result;

    private static AclResult All((AclTest[] Tests, bool Negated)[] terms, ProxyStream stream, bool final)
    {
        var result = AclResult.Pass;
        foreach ((AclTest[] tests, bool negated) in terms)
        {
            var any = AclResult.Fail;
            foreach (AclTest test in tests)
            {
                AclResult one = test.Test(stream, final);
                if (one > any)
                    any = one;
                if (any == AclResult.Pass)
                    break;
            }
            if (negated)
                any = Not(any);
            if (any < result)
                result = any;
            if (result == AclResult.Fail)
                return result;
        }
        return result;
    }
}
