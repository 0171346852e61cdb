// One way of matching that ACLs or maps ask of a list, whichever version of the list is in use.
using System.Threading;
using Baton.Configuration.Expressions;
using Baton.Engine.Connections;
using Baton.Engine.Loop;
using Baton.Engine.Samples;

namespace Baton.Engine.Patterns;

/// <summary>OWNER: the list's lock for changes; lookups take none.</summary>
public sealed unsafe class PatternTable
{
    // SAFETY: what lookups find is valid as PatternEntry says.
    private PatternIndex _index;

    internal PatternTable(AclMatchMethod match, bool ignoreCase, PatternIndex index) =>
        (Match, IgnoreCase, _index) = (match, ignoreCase, index);

    public AclMatchMethod Match { get; }
    public bool IgnoreCase { get; }

    /// <summary>The word of "-m".</summary>
    public string MatchName =>
        Match switch
        {
            AclMatchMethod.Begin => "beg",
            AclMatchMethod.Substring => "sub",
            AclMatchMethod.Directory => "dir",
            AclMatchMethod.Domain => "dom",
            AclMatchMethod.End => "end",
            AclMatchMethod.Regex => "reg",
            AclMatchMethod.Integer => "int",
            AclMatchMethod.Ip => "ip",
            AclMatchMethod.Length => "len",
            AclMatchMethod.Binary => "bin",
            AclMatchMethod.Bool => "bool",
            AclMatchMethod.Found => "found",
            _ => "str",
        };

    /// <summary>How HAProxy would keep the patterns: it matters to nobody but is part of what "get acl" and "get map" answer.</summary>
    public string IndexName =>
        Match == AclMatchMethod.Ip || (!IgnoreCase && Match is AclMatchMethod.String or AclMatchMethod.Begin) ? "tree" : "list";

    internal void Use(PatternIndex index) => Volatile.Write(ref _index, index);

    /// <summary>The entry a sample of a map matches, and for regular expressions the one that did.</summary>
    public PatternEntry Find(Worker? worker, scoped in SampleValue value, out RegularExpression? expression)
    {
        expression = null;
        return Match switch
        {
            AclMatchMethod.Integer => FindNumber(value.Number),
            AclMatchMethod.Ip => FindAddress(value.Address),
            _ => FindText(worker, value.Text, out expression),
        };
    }

    public PatternEntry FindNumber(long number) => new(Volatile.Read(ref _index).FindNumber(number));

    /// <summary>
    /// The longest network the address is in. One of IPv4 is looked for among those of IPv6 as well, as a mapped address, and one
    /// of IPv6 that carries an IPv4 address among those of IPv4: a listener for both sees 10.0.0.1 as ::ffff:10.0.0.1.
    /// </summary>
    public PatternEntry FindAddress(in SocketAddress address)
    {
        PatternIndex now = Volatile.Read(ref _index);
        PatternNode* found = now.FindAddress(address);
        if (found is null && address.IsIPv4)
            found = now.FindAddress(address.ToMappedIPv6());
        else if (found is null && address.TryGetIPv4(out SocketAddress carried))
            found = now.FindAddress(carried);
        return new PatternEntry(found);
    }

    /// <summary>By any of the ways that look at bytes.</summary>
    public PatternEntry FindText(Worker? worker, System.ReadOnlySpan<byte> text, out RegularExpression? expression)
    {
        expression = null;
        if (Match == AclMatchMethod.Length)
            return FindNumber(text.Length);
        return new PatternEntry(Volatile.Read(ref _index).FindText(worker, text, out expression));
    }
}
