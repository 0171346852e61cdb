// acl(name,...): whether named ACLs match, for where a sample is wanted instead of a condition.
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Acls;

namespace Baton.Engine.Samples.Fetches;

internal static class AclFetch
{
    private const int MostNames = 12;

    /// <summary>All of them, as one condition. Made when first asked: lines that add to an ACL may stand behind the one that names
    /// it.</summary>
    private sealed class Named(AclTerm[] terms)
    {
        private Condition? _condition;

        /// <summary>Two workers may make one each the first time: they are alike.</summary>
        public Condition Condition =>
            _condition ??= new Condition(
                new AclConditionConfig
                {
                    Unless = false,
                    Alternatives = [terms],
                    Position = default,
                }
            );
    }

    private static string? Bind(Argument[] a)
    {
        var terms = new AclTerm[Array.FindLastIndex(a, x => !x.Absent) + 1];
        for (int i = 0; i < terms.Length; i++)
        {
            if (a[i].Value is not AclTerm term)
                return "expects names of ACLs";
            terms[i] = term;
        }
        a[0] = a[0] with { Value = new Named(terms) };
        return null;
    }

    private static ArgumentSpec[] Names()
    {
        var specs = new ArgumentSpec[MostNames];
        for (int i = 0; i < specs.Length; i++)
            specs[i] = new ArgumentSpec(ArgumentKind.Acl, "name", i > 0);
        return specs;
    }

    internal static readonly SampleFetch[] Rows =
    [
        new()
        {
            Name = "acl",
            Output = SampleType.Bool,
            Needs = SampleNeeds.None,
            Summary = "whether all named ACLs match",
            Arguments = Names(),
            Check = Bind,
            Evaluate = (s, a, o, m, ref v) =>
            {
                v.SetBool(((Named)a[0].Value!).Condition.Holds(s));
                return true;
            },
        },
    ];
}
