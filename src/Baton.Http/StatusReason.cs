// Reason phrases by status code, worded as HAProxy words them in what it generates itself.
using System;

namespace Baton.Http;

/// <summary>Reason phrase of a status code (RFC 9110 §15; the IANA registry).</summary>
public static class StatusReason
{
    /// <summary>The phrase; that of its class for a code without one.</summary>
    public static ReadOnlySpan<byte> Of(int status)
    {
        return status switch
        {
            100 => "Continue"u8,
            101 => "Switching Protocols"u8,
            102 => "Processing"u8,
            103 => "Early Hints"u8,
            200 => "OK"u8,
            201 => "Created"u8,
            202 => "Accepted"u8,
            203 => "Non-Authoritative Information"u8,
            204 => "No Content"u8,
            205 => "Reset Content"u8,
            206 => "Partial Content"u8,
            207 => "Multi-Status"u8,
            208 => "Success"u8,
            210 => "Content Different"u8,
            226 => "IM Used"u8,
            300 => "Multiple Choices"u8,
            301 => "Moved Permanently"u8,
            302 => "Moved Temporarily"u8,
            303 => "See Other"u8,
            304 => "Not Modified"u8,
            305 => "Use Proxy"u8,
            307 => "Temporary Redirect"u8,
            308 => "Permanent Redirect"u8,
            310 => "Too many Redirects"u8,
            400 => "Bad Request"u8,
            401 => "Unauthorized"u8,
            402 => "Payment Required"u8,
            403 => "Forbidden"u8,
            404 => "Not Found"u8,
            405 => "Method Not Allowed"u8,
            406 => "Not Acceptable"u8,
            407 => "Proxy Authentication Required"u8,
            408 => "Request Time-out"u8,
            409 => "Conflict"u8,
            410 => "Gone"u8,
            411 => "Length Required"u8,
            412 => "Precondition Failed"u8,
            413 => "Request Entity Too Large"u8,
            414 => "Request-URI Too Long"u8,
            415 => "Unsupported Media Type"u8,
            416 => "Requested range unsatisfiable"u8,
            417 => "Expectation failed"u8,
            418 => "I'm a teapot"u8,
            421 => "Misdirected Request"u8,
            422 => "Unprocessable Content"u8,
            423 => "Locked"u8,
            424 => "Method failure"u8,
            425 => "Too Early"u8,
            426 => "Upgrade Required"u8,
            428 => "Precondition Required"u8,
            429 => "Too Many Requests"u8,
            431 => "Request Header Fields Too Large"u8,
            449 => "Retry With"u8,
            450 => "Blocked by Windows Parental Controls"u8,
            451 => "Unavailable For Legal Reasons"u8,
            456 => "Unrecoverable Error"u8,
            499 => "client has closed connection"u8,
            500 => "Internal Server Error"u8,
            501 => "Not Implemented"u8,
            502 => "Bad Gateway or Proxy Error"u8,
            503 => "Service Unavailable"u8,
            504 => "Gateway Time-out"u8,
            505 => "HTTP Version not supported"u8,
            506 => "Variant also negotiate"u8,
            507 => "Insufficient storage"u8,
            508 => "Loop detected"u8,
            509 => "Bandwidth Limit Exceeded"u8,
            510 => "Not extended"u8,
            511 => "Network authentication required"u8,
            520 => "Web server is returning an unknown error"u8,
            _ => OfClass(status),
        };
    }

    private static ReadOnlySpan<byte> OfClass(int status) =>
        (status / 100) switch
        {
            1 => "Informational"u8,
            2 => "Success"u8,
            3 => "Redirection"u8,
            4 => "Client Error"u8,
            5 => "Server Error"u8,
            _ => "Other"u8,
        };
}
