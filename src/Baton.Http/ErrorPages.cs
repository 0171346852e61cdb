// The responses that are sent when no errorfile says otherwise, byte for byte those of HAProxy 2.6 where
// it has one. Two spellings exist there and here: Response for answers of a proxy's rules and servers, to
// which the engine adds "connection: close" when it closes, and EarlyResponse for requests that were
// never understood (HAProxy's parser sends them before a stream exists).
using System;
using System.Collections.Generic;
using System.Text;

namespace Baton.Http;

/// <summary>Default error responses by status code.</summary>
public static class ErrorPages
{
    private static readonly Dictionary<int, Page> Pages = Build();

    /// <summary>True when there is a default page for the code.</summary>
    public static bool Has(int status) => Pages.ContainsKey(status);

    /// <summary>The codes that have a default page, ascending.</summary>
    public static IEnumerable<int> Statuses => Pages.Keys;

    /// <summary>The whole response of status line, lower-case fields without a Connection field, and body; the 500 one for an unknown
    /// code.</summary>
    public static ReadOnlyMemory<byte> Response(int status) => Find(status).Response;

    /// <summary>The whole response with "Connection: close", for requests refused by the parser.</summary>
    public static ReadOnlyMemory<byte> EarlyResponse(int status) => Find(status).Early;

    /// <summary>The body alone.</summary>
    public static ReadOnlyMemory<byte> Body(int status) => Find(status).Body;

    /// <summary>The reason phrase of the page, which for some codes is older than the registered one.</summary>
    public static ReadOnlyMemory<byte> Reason(int status) => Find(status).Reason;

    private static Page Find(int status) => Pages.TryGetValue(status, out Page? page) ? page : Pages[500];

    private sealed class Page
    {
        public Page(int status, string reason, string text)
        {
            string body = $"<html><body><h1>{status} {reason}</h1>\n{text}\n</body></html>\n";
            Reason = Encoding.ASCII.GetBytes(reason);
            Body = Encoding.ASCII.GetBytes(body);
            Response = Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status} {reason}\r\ncontent-length: {body.Length}\r\ncache-control: no-cache\r\ncontent-type: text/html\r\n\r\n{body}"
            );
            Early = Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status} {reason}\r\nContent-length: {body.Length}\r\nCache-Control: no-cache\r\nConnection: close\r\nContent-Type: text/html\r\n\r\n{body}"
            );
        }

        public byte[] Reason { get; }
        public byte[] Body { get; }
        public byte[] Response { get; }
        public byte[] Early { get; }
    }

    // COMPAT: texts are part of HAProxy 2.6's wire behaviour, slips included; 414, 431 and 505 are ours.
    private static Dictionary<int, Page> Build()
    {
        var pages = new Dictionary<int, Page>();
        foreach (
            (int status, string reason, string text) in new (int, string, string)[]
            {
                (200, "OK", "Service ready."),
                (400, "Bad request", "Your browser sent an invalid request."),
                (401, "Unauthorized", "You need a valid user and password to access this content."),
                (403, "Forbidden", "Request forbidden by administrative rules."),
                (404, "Not Found", "The resource could not be found."),
                (405, "Method Not Allowed", "A request was made of a resource using a request method not supported by that resource"),
                (407, "Unauthorized", "You need a valid user and password to access this content."),
                (408, "Request Time-out", "Your browser didn't send a complete request in time."),
                (410, "Gone", "The resource is no longer available and will not be available again."),
                (413, "Payload Too Large", "The request entity exceeds the maximum allowed."),
                (414, "URI Too Long", "The request target is longer than this proxy accepts."),
                (421, "Misdirected Request", "Request sent to a non-authoritative server."),
                (422, "Unprocessable Content", "The server cannot process the contained instructions."),
                (425, "Too Early", "Your browser sent early data."),
                (429, "Too Many Requests", "You have sent too many requests in a given amount of time."),
                (431, "Request Header Fields Too Large", "The request's header fields are larger than this proxy accepts."),
                (500, "Internal Server Error", "An internal server error occurred."),
                (501, "Not Implemented", ".The server does not support the functionality required to fulfill the request."),
                (502, "Bad Gateway", "The server returned an invalid or incomplete response."),
                (503, "Service Unavailable", "No server is available to handle this request."),
                (504, "Gateway Time-out", "The server didn't respond in time."),
                (505, "HTTP Version Not Supported", "This version of HTTP is not spoken here."),
            }
        )
        {
            pages.Add(status, new Page(status, reason, text));
        }
        return pages;
    }
}
