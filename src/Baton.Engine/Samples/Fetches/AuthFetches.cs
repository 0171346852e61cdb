// http_auth and its kin: basic authentication against a userlist (RFC 7617).
using System;
using Baton.Configuration.Expressions;
using Baton.Engine.Auth;
using Baton.Engine.Samples.Converters;
using Baton.Engine.Streams;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Samples.Fetches;

internal static class AuthFetches
{
    /// <summary>Scheme and credentials of the request; to a proxy they come in Proxy-Authorization.</summary>
    private static bool Credentials(ProxyStream s, out ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> token)
    {
        scheme = token = default;
        if (s is not HttpStream { HeadIsReadable: true } http)
            return false;
        MessageHead head = http.RequestHead;
        int at = head.Find(http.AuthenticatesAsProxy ? "proxy-authorization"u8 : "authorization"u8);
        if (at < 0)
            return false;
        ReadOnlySpan<byte> value = head.Field(at).ValueSpan;
        int space = value.IndexOf((byte)' ');
        if (space <= 0)
            return false;
        scheme = value[..space];
        token = value[(space + 1)..].Trim((byte)' ');
        return true;
    }

    /// <summary>User and password of a Basic header, decoded into <paramref name="memory"/>.</summary>
    private static bool Basic(ProxyStream s, Span<byte> memory, out ReadOnlySpan<byte> user, out ReadOnlySpan<byte> password)
    {
        user = password = default;
        if (!Credentials(s, out ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> token) || !ByteClass.EqualsIgnoreCase(scheme, "basic"u8))
            return false;
        if (!Base64Text.TryDecode(token, url: false, memory, out int length))
            return false;
        int colon = memory[..length].IndexOf((byte)':');
        if (colon < 0)
            return false;
        user = memory[..colon];
        password = memory[(colon + 1)..length];
        return true;
    }

    private static bool Verify(ProxyStream s, Argument[] a, Span<byte> memory, out ReadOnlySpan<byte> user, out byte[][] groups)
    {
        groups = [];
        return Basic(s, memory, out user, out ReadOnlySpan<byte> password)
            && s.Worker.Engine.UserLists.Find(l => l.Name == a[0].Text) is { } list
            && list.Verify(user, password, out groups);
    }

    /// <summary>The request has name and password of a user of the list.</summary>
    internal static bool IsUserOf(UserList list, HttpStream stream) =>
        Basic(stream, stream.Worker.Scratch.OutputSpan, out ReadOnlySpan<byte> user, out ReadOnlySpan<byte> password)
        && list.Verify(user, password, out _);

    private static bool Auth(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        v.SetBool(Verify(s, a, m, out _, out _));
        return true;
    }

    /// <summary>An ACL tries the user's groups one after the other; elsewhere it is the user's name.</summary>
    private static bool Group(ProxyStream s, Argument[] a, int occurrence, Span<byte> m, ref SampleValue v)
    {
        if (!Verify(s, a, m, out ReadOnlySpan<byte> user, out byte[][] groups))
            return false;
        if (occurrence >= groups.Length)
            return false;
        v.SetText(occurrence < 0 ? user : groups[occurrence]);
        return true;
    }

    private static bool User(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Basic(s, m, out ReadOnlySpan<byte> user, out _))
            return false;
        v.SetText(user);
        return true;
    }

    private static bool Password(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Basic(s, m, out _, out ReadOnlySpan<byte> password))
            return false;
        v.SetText(password);
        return true;
    }

    /// <summary>COMPAT: only the schemes it knows, spelled as it spells them, and Basic only with credentials that can be read.</summary>
    private static bool Scheme(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Credentials(s, out ReadOnlySpan<byte> scheme, out _))
            return false;
        if (Basic(s, m, out _, out _))
            v.SetText("Basic"u8);
        else if (ByteClass.EqualsIgnoreCase(scheme, "bearer"u8))
            v.SetText("Bearer"u8);
        else
            return false;
        return true;
    }

    private static bool Bearer(ProxyStream s, Argument[] a, int o, Span<byte> m, ref SampleValue v)
    {
        if (!Credentials(s, out ReadOnlySpan<byte> scheme, out ReadOnlySpan<byte> token) || !ByteClass.EqualsIgnoreCase(scheme, "bearer"u8))
            return false;
        v.SetText(token);
        return true;
    }

    private static readonly ArgumentSpec[] List = [new(ArgumentKind.UserList, "userlist")];

    private static SampleFetch Row(
        string name,
        SampleType output,
        string summary,
        FetchFunction f,
        ArgumentSpec[]? args = null,
        bool multiple = false
    ) =>
        new()
        {
            Name = name,
            Output = output,
            Needs = SampleNeeds.RequestHead,
            Summary = summary,
            Evaluate = f,
            Arguments = args ?? [],
            Multiple = multiple,
        };

    internal static readonly SampleFetch[] Rows =
    [
        Row("http_auth", SampleType.Bool, "whether user and password are in a userlist", Auth, List),
        Row("http_auth_group", SampleType.String, "user in a userlist; an ACL matches the user's groups", Group, List, multiple: true),
        Row("http_auth_user", SampleType.String, "user of basic authentication", User),
        Row("http_auth_pass", SampleType.String, "password of basic authentication", Password),
        Row("http_auth_type", SampleType.String, "authentication scheme", Scheme),
        Row("http_auth_bearer", SampleType.String, "bearer token", Bearer),
    ];
}
