namespace Baton.Engine.Resolvers;

/// <summary>What "show resolvers" tells of a name server. OWNER: the first worker; others look.</summary>
public struct NameserverCounters
{
    public long Sent,
        SendErrors,
        Valid,
        Updates,
        CnameErrors,
        Empty,
        NxDomain,
        Timeouts,
        Refused,
        Other,
        Invalid,
        TooBig,
        Truncated,
        Outdated;

    /// <summary>Counts an answer of that kind.</summary>
    internal void Count(DnsStatus status)
    {
        switch (status)
        {
            case DnsStatus.Valid:
                Valid++;
                break;
            case DnsStatus.NxDomain:
                NxDomain++;
                break;
            case DnsStatus.Refused:
                Refused++;
                break;
            case DnsStatus.Truncated:
                Truncated++;
                break;
            case DnsStatus.TooBig:
                TooBig++;
                break;
            case DnsStatus.CnameError:
                CnameErrors++;
                break;
            case DnsStatus.Empty:
                Empty++;
                break;
            case DnsStatus.Timeout:
                Timeouts++;
                break;
            case DnsStatus.Invalid:
                Invalid++;
                break;
            default:
                Other++;
                break;
        }
    }
}
