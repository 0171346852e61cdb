// "if" and "unless" at run time: alternatives of terms, each an ACL with its patterns made ready once.
using System;
using System.Collections.Generic;
using Baton.Configuration.Expressions;
using Baton.Engine.Streams;

namespace Baton.Engine.Acls;

public sealed class Condition
{
    private readonly bool _unless;
    private readonly (AclTest[] Tests, bool Negated)[][] _alternatives;

    public Condition(AclConditionConfig config)
    {
        _unless = config.Unless;
        _alternatives = Array.ConvertAll(config.Alternatives, terms => Array.ConvertAll(terms, t => (Tests(t.Acl), t.Negated)));
    }

    private static AclTest[] Tests(AclConfig acl)
    {
        var tests = new List<AclTest>();
        foreach (AclExpressionConfig e in acl.Alternatives) tests.Add(new AclTest(e));
        return tests.ToArray();
    }

    public bool Holds(ProxyStream stream)
    {
        foreach ((AclTest[] Tests, bool Negated)[] terms in _alternatives)
            if (All(terms, stream)) return !_unless;
        return _unless;
    }

    private static bool All((AclTest[] Tests, bool Negated)[] terms, ProxyStream stream)
    {
        foreach ((AclTest[] tests, bool negated) in terms)
        {
            bool any = false;
            foreach (AclTest test in tests) if (test.Matches(stream)) { any = true; break; }
            if (any == negated) return false;
        }
        return true;
    }
}
