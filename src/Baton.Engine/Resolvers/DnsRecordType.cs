namespace Baton.Engine.Resolvers;

/// <summary>Kinds of records that are asked for or understood (RFC 1035 §3.2.2, RFC 3596, RFC 2782).</summary>
public enum DnsRecordType : ushort
{
    None = 0,
    A = 1,
    Cname = 5,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
}
