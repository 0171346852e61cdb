// The well-known request methods as text.
using System;

namespace Baton.Http.Messages;

/// <summary>Look-up for <see cref="HttpMethod"/>.</summary>
public static class HttpMethods
{
    /// <summary>The method of that name, <see cref="HttpMethod.Other"/> when it is none of the well-known ones.</summary>
    public static HttpMethod Find(ReadOnlySpan<byte> name)
    {
        return name.Length switch
        {
            3 when name.SequenceEqual("GET"u8) => HttpMethod.Get,
            3 when name.SequenceEqual("PUT"u8) => HttpMethod.Put,
            4 when name.SequenceEqual("POST"u8) => HttpMethod.Post,
            4 when name.SequenceEqual("HEAD"u8) => HttpMethod.Head,
            5 when name.SequenceEqual("PATCH"u8) => HttpMethod.Patch,
            5 when name.SequenceEqual("TRACE"u8) => HttpMethod.Trace,
            6 when name.SequenceEqual("DELETE"u8) => HttpMethod.Delete,
            7 when name.SequenceEqual("OPTIONS"u8) => HttpMethod.Options,
            7 when name.SequenceEqual("CONNECT"u8) => HttpMethod.Connect,
            _ => HttpMethod.Other,
        };
    }
}
