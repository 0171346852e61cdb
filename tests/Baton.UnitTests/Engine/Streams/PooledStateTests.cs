// An object of a pool begins each life as a new one would: every field is filled with what no life leaves behind, and must be
// gone when the next life has begun.
using System;
using System.Collections.Generic;
using System.Reflection;
using Baton.Configuration.Model;
using Baton.Engine;
using Baton.Engine.Build;
using Baton.Engine.Connections;
using Baton.Engine.Muxes.Http2;
using Baton.Engine.Streams;
using Xunit;

namespace Baton.UnitTests.Engine.Streams;

public sealed class PooledStateTests
{
    /// <summary>
    /// Numbers of the object itself, links that lists set when they take it, and what is meaningless until something else is set.
    /// </summary>
    private static readonly HashSet<string> s_exempt =
    [
        "<Life>k__BackingField",
        "SequenceNumber",
        "WheelSlot",
        "WheelTimeMs",
        "<DeadlineMs>k__BackingField",
        // valid only with the field that says so
        "BalanceHash",
        "Chunks",
        "Timeouts._frontend",
        "Timeouts._backend",
        "LastServer._facts",
        "_own.Source",
        "_own.Destination",
        "Choice.Place.<Key>k__BackingField",
        "Choice.Place.<ServedBefore>k__BackingField",
        "Choice.Place.<Passed>k__BackingField",
        "Following._start",
        "Following._end",
        "_requestLineLength",
        "UniqueId._length",
        "_size",
        // a handed over or queued object is not given back
        "<IsQueued>k__BackingField",
        "IsStarved",
        "<IsFrozen>k__BackingField",
        "PoolIndex",
        // each way in sets them
        "IdleSinceMs",
        "Phase",
        "AcceptMs",
        "BeginWallMs",
    ];

    private readonly EngineState _engine;

    public PooledStateTests()
    {
        var at = new SourcePosition("test", 1);
        var config = new ProcessConfig();
        config.Global.NbThread = 1;
        config.Global.MaxConn = 10;
        var front = new ProxyConfig
        {
            Name = "fe",
            Capabilities = ProxyCapabilities.Frontend,
            Position = at,
            Mode = ProxyMode.Http,
        };
        front.Binds.Add(
            new BindConfig
            {
                Position = at,
                Addresses =
                {
                    new AddressConfig
                    {
                        Kind = AddressKind.IPv4,
                        Text = "127.0.0.1",
                        Ip = [127, 0, 0, 1],
                        PortKind = PortKind.Absolute,
                        Port = 1,
                        PortHigh = 1,
                    },
                },
            }
        );
        config.Proxies.Add(front);
        _engine = new EngineBuilder(config, new ResourceLimits(10, 4096)) { Workers = 1 }.Build()!;
    }

    [Fact]
    public void Http_streams() => Check(() => new HttpStream(100), s => Call(s, "BeginStream", Client()));

    /// <summary>Kept with the object, and read also by a server that was added after the request was decided.</summary>
    [Fact]
    public void Names_that_servers_are_asked_for()
    {
        var stream = new HttpStream(100) { ServerNames = new ServerNames() };
        FieldInfo lengths = typeof(ServerNames).GetField("_lengths", BindingFlags.Instance | BindingFlags.NonPublic)!,
            text = typeof(ServerNames).GetField("_text", BindingFlags.Instance | BindingFlags.NonPublic)!;
        lengths.SetValue(stream.ServerNames, (byte[])[5]);
        text.SetValue(stream.ServerNames, new byte[ServerNames.Longest]);
        Call(stream, "BeginStream", Client());
        Assert.True(stream.ServerNames.Of(0).IsEmpty);
    }

    [Fact]
    public void Tcp_streams() => Check(() => new TcpStream(), s => Call(s, "BeginStream", Client()));

    [Fact]
    public void Client_connections() =>
        Check(() => new ClientConnection(), c => Call(c, "Reset", _engine.Workers[0], _engine.Frontends[0], _engine.Listeners[0], -1));

    [Fact]
    public void Server_connections() => Check(() => new ServerConnection(), c => c.Open(_engine.Workers[0], s_server, -1));

    /// <summary>A stream has no settings of its own to begin with, and its connection none either.</summary>
    [Fact]
    public void Streams_of_servers_connections()
    {
        var connection = new Http2ServerConnection();
        Call(connection, "Attach", Client(), Client(), 65535, _engine.Frontends[0].Counters);
        Check(() => new Http2ServerStream(), s => s.Open(connection, null!, 1, 1));
    }

    /// <summary>One that was never built: nothing of it is asked but where it is, and that is nowhere.</summary>
    private static readonly Baton.Engine.Servers.ServerState s_server = (Baton.Engine.Servers.ServerState)
        System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(Baton.Engine.Servers.ServerState));

    private ClientConnection Client()
    {
        var client = new ClientConnection();
        Call(client, "Reset", _engine.Workers[0], _engine.Frontends[0], _engine.Listeners[0], -1);
        return client;
    }

    private static void Call(object on, string method, params object?[] arguments)
    {
        for (Type? t = on.GetType(); t is not null; t = t.BaseType)
        {
            if (
                t.GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
                is not { } found
            )
                continue;
            found.Invoke(on, arguments);
            return;
        }
        Assert.Fail($"no {method}");
    }

    private static void Check<T>(Func<T> create, Action<T> begin)
        where T : class
    {
        T fresh = create(),
            used = create();
        Soil(used, "");
        begin(fresh);
        begin(used);
        var left = new List<string>();
        Compare(fresh, used, "", left);
        Assert.True(left.Count == 0, $"of an earlier life: {string.Join(", ", left)}");
    }

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (Type? t = type; t is not null && t != typeof(object) && t != typeof(ValueType); t = t.BaseType)
            foreach (
                FieldInfo f in t.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
            )
                yield return f;
    }

    /// <summary>What an object has made once for all its lives, and begins anew with it.</summary>
    private static bool IsPart(Type type) =>
        type == typeof(Session)
        || type is { IsClass: true, Namespace: "Baton.Engine.Streams" or "Baton.Engine.Queues" }
            && !typeof(ProxyStream).IsAssignableFrom(type);

    private static string PathOf(string path, FieldInfo part) =>
        path + (part.Name.StartsWith('<') ? part.Name[1..part.Name.IndexOf('>')] : part.Name) + ".";

    private static bool IsExempt(string path, FieldInfo field) => s_exempt.Contains(field.Name) || s_exempt.Contains(path + field.Name);

    /// <summary>Puts something into every field that is a number, a truth value or a structure of such.</summary>
    private static void Soil(object on, string path)
    {
        foreach (FieldInfo f in Fields(on.GetType()))
        {
            if (f.IsInitOnly && IsPart(f.FieldType))
                Soil(f.GetValue(on)!, PathOf(path, f));
            if (f.IsInitOnly || IsExempt(path, f) || f.FieldType.IsPointer)
                continue;
            if (Junk(f.FieldType) is { } junk)
                f.SetValue(on, junk);
            else if (IsPlainStruct(f.FieldType))
            {
                object inner = f.GetValue(on)!;
                Soil(inner, PathOf(path, f));
                f.SetValue(on, inner);
            }
        }
    }

    private static bool IsPlainStruct(Type type) =>
        type.IsValueType
        && !type.IsPrimitive
        && !type.IsEnum
        && !type.IsByRefLike
        && Nullable.GetUnderlyingType(type) is null
        && !type.Name.Contains("Buffer", StringComparison.Ordinal);

    private static object? Junk(Type type)
    {
        if (type == typeof(bool))
            return true;
        if (type.IsEnum)
            return Enum.ToObject(type, 3);
        return type.IsPrimitive && type != typeof(nint) && type != typeof(nuint) && type != typeof(char)
            ? Convert.ChangeType(77, type, System.Globalization.CultureInfo.InvariantCulture)
            : null;
    }

    private static void Compare(object fresh, object used, string path, List<string> left)
    {
        foreach (FieldInfo f in Fields(fresh.GetType()))
        {
            if (f.IsInitOnly && IsPart(f.FieldType))
                Compare(f.GetValue(fresh)!, f.GetValue(used)!, PathOf(path, f), left);
            if (f.IsInitOnly || IsExempt(path, f) || f.FieldType.IsPointer)
                continue;
            object? one = f.GetValue(fresh),
                other = f.GetValue(used);
            if (Junk(f.FieldType) is not null)
            {
                if (!Equals(one, other))
                    left.Add(path + f.Name);
            }
            else if (IsPlainStruct(f.FieldType))
                Compare(one!, other!, PathOf(path, f), left);
        }
    }
}
