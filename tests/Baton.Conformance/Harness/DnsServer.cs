// A name server whose records change while it runs, and that misbehaves on request: over UDP and TCP, on one port.
using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Baton.Conformance.Harness;

public sealed class DnsServer : IDisposable
{
    public const int A = 1,
        Cname = 5,
        Aaaa = 28,
        Srv = 33;

    private readonly ConcurrentDictionary<(string Name, int Type), List<byte[]>> _records = new();
    private readonly ConcurrentDictionary<string, int> _codes = new();
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly TcpListener _tcp;
    private int _queries,
        _era;

    public DnsServer()
    {
        _tcp = new TcpListener(IPAddress.Loopback, 0);
        _tcp.Start();
        Port = ((IPEndPoint)_tcp.LocalEndpoint).Port;
        _udp.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        Run(Datagrams);
        Run(Streams);
    }

    public int Port { get; }

    /// <summary>Questions so far.</summary>
    public int Queries => Volatile.Read(ref _queries);

    /// <summary>Changes what is sent: null for no answer. Gets the query and the true answer.</summary>
    public Func<byte[], byte[], byte[]?>? Spoil { get; set; }

    /// <summary>No answer fits into a datagram.</summary>
    public bool Truncates { get; set; }

    /// <summary>What comes over TCP in place of a message behind its length, piece by piece; an empty piece ends the connection.</summary>
    public Func<byte[], IEnumerable<byte[]>>? SpoilStream { get; set; }

    /// <summary>Nothing comes any more on the connections there are; they stay open.</summary>
    public void MuteConnections() => Interlocked.Increment(ref _era);

    private static void Run(ThreadStart body) => new Thread(body) { IsBackground = true }.Start();

    public void Set(string name, params string[] addresses)
    {
        foreach (int type in (int[])[A, Aaaa])
        {
            var list = new List<byte[]>();
            foreach (string address in addresses)
                if (IPAddress.Parse(address).GetAddressBytes() is { } ip && ip.Length == (type == A ? 4 : 16))
                    list.Add(ip);
            if (list.Count > 0)
                _records[(name, type)] = list;
            else
                _records.TryRemove((name, type), out _);
        }
        _codes.TryRemove(name, out _);
    }

    public void SetService(string name, params (string Target, int Port, int Weight)[] records)
    {
        var list = new List<byte[]>();
        foreach ((string target, int port, int weight) in records)
        {
            byte[] record = [0, 0, (byte)(weight >> 8), (byte)weight, (byte)(port >> 8), (byte)port, .. Encode(target)];
            list.Add(record);
        }
        _records[(name, Srv)] = list;
    }

    public void SetAlias(string name, string target) => _records[(name, Cname)] = [Encode(target)];

    /// <summary>A response code for whatever is asked of that name.</summary>
    public void Fail(string name, int code) => _codes[name] = code;

    public static byte[] Encode(string name)
    {
        var bytes = new List<byte>();
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }
        bytes.Add(0);
        return [.. bytes];
    }

    private void Datagrams()
    {
        byte[] query = new byte[4096];
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                int n = _udp.ReceiveFrom(query, ref from);
                if (Answer(query[..n]) is not { } answer)
                    continue;
                if (Truncates)
                    answer = [answer[0], answer[1], (byte)(answer[2] | 2), answer[3], 0, 1, 0, 0, 0, 0, 0, 0, .. answer[12..(n - 11)]];
                _udp.SendTo(answer, from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
    }

    private void Streams()
    {
        try
        {
            while (true)
            {
                TcpClient client = _tcp.AcceptTcpClient();
                Run(() => Serve(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
    }

    private void Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                client.NoDelay = true;
                NetworkStream stream = client.GetStream();
                byte[] length = new byte[2];
                int era = Volatile.Read(ref _era);
                while (true)
                {
                    stream.ReadExactly(length);
                    byte[] query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                    stream.ReadExactly(query);
                    if (Answer(query) is not { } answer || era != Volatile.Read(ref _era))
                        continue;
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                    byte[] message = [.. length, .. answer];
                    foreach (byte[] piece in SpoilStream is { } spoil ? spoil(message) : [message])
                    {
                        if (piece.Length == 0)
                            return;
                        stream.Write(piece);
                    }
                }
            }
            catch (Exception e) when (e is System.IO.IOException or ObjectDisposedException) { }
        }
    }

    private byte[]? Answer(byte[] query)
    {
        Interlocked.Increment(ref _queries);
        int at = 12;
        var labels = new List<string>();
        for (; query[at] > 0; at += 1 + query[at])
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        int type = query[at + 2];
        string name = string.Join('.', labels);
        byte[] question = query[12..(at + 5)];
        var answers = new List<byte>();
        int count = 0;
        string owner = name;
        if (_records.TryGetValue((name, Cname), out List<byte[]>? alias))
        {
            Add(answers, Encode(owner), Cname, alias[0]);
            count++;
            owner = Decode(alias[0]);
        }
        List<byte[]> found = _records.GetValueOrDefault((owner, type)) ?? [];
        foreach (byte[] data in found)
            Add(answers, Encode(owner), type, data);
        count += found.Count;
        int code = _codes.GetValueOrDefault(name, count > 0 ? 0 : 3);
        if (code != 0)
            (count, answers) = (0, []);
        byte[] answer =
        [
            query[0],
            query[1],
            0x81,
            (byte)(0x80 | code),
            0,
            1,
            (byte)(count >> 8),
            (byte)count,
            0,
            0,
            0,
            0,
            .. question,
            .. answers,
        ];
        return Spoil is { } spoil ? spoil(query, answer) : answer;
    }

    private static string Decode(byte[] name)
    {
        var labels = new List<string>();
        for (int at = 0; name[at] > 0; at += 1 + name[at])
            labels.Add(Encoding.ASCII.GetString(name, at + 1, name[at]));
        return string.Join('.', labels);
    }

    private static void Add(List<byte> into, byte[] owner, int type, byte[] data)
    {
        into.AddRange(owner);
        into.AddRange((ReadOnlySpan<byte>)[0, (byte)type, 0, 1, 0, 0, 0, 30, (byte)(data.Length >> 8), (byte)data.Length]);
        into.AddRange(data);
    }

    public void Dispose()
    {
        _udp.Dispose();
        _tcp.Dispose();
    }
}
