// DNS answers. The first byte says what was asked for, the rest is what came. Read twice it is the same, and of what is torn nothing is
// believed that the whole does not say.
using System;
using System.Collections.Generic;
using Baton.Engine.Connections;
using Baton.Engine.Resolvers;

namespace Baton.Fuzz;

internal static class DnsTarget
{
    private static readonly DnsRecordType[] Types = [DnsRecordType.A, DnsRecordType.Aaaa, DnsRecordType.Srv];

    /// <summary>The name every sample of the corpus asks for.</summary>
    private const string Name = "app.test";

    public static void Run(byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        DnsRecordType type = Types[bytes[0] % Types.Length];
        ReadOnlySpan<byte> message = bytes.AsSpan(1);
        List<DnsRecord> whole = [],
            part = [];
        List<(string Name, SocketAddress Address)> extra = [];
        DnsStatus status = DnsMessage.Read(message, Name, type, whole, extra);
        if (status == DnsStatus.Valid == (whole.Count == 0) && status == DnsStatus.Valid)
            throw new FuzzFailure("valid, and no record");
        foreach (DnsRecord record in whole)
            if (status == DnsStatus.Valid && (type == DnsRecordType.Srv ? record.Address.IsSet : !record.Address.IsSet))
                throw new FuzzFailure("a record of another kind");
        for (int length = 0; length < message.Length; length++)
        {
            DnsStatus torn = DnsMessage.Read(message[..length], Name, type, part, extra);
            // what the header says alone needs no more than the question
            if (torn == DnsStatus.Valid && !(status == DnsStatus.Valid && Same(part, whole)))
                throw new FuzzFailure($"{status} as a whole, valid when torn at {length}");
        }
    }

    private static bool Same(List<DnsRecord> a, List<DnsRecord> b)
    {
        if (a.Count != b.Count)
            return false;
        for (int i = 0; i < a.Count; i++)
            if (!a[i].Equals(b[i]))
                return false;
        return true;
    }
}
