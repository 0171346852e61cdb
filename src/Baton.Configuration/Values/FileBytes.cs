// Reads a file that the configuration or the command line names: whatever is there, a missing file or a device without an end, comes
// to bytes or to a reason in the system's words.
using System;
using System.IO;

namespace Baton.Configuration.Values;

public static class FileBytes
{
    /// <summary>More than any file of ours has, and more than a pipe or a device gives that is not one without an end.</summary>
    private const int Most = 1 << 30, MostUnsized = 64 << 20;

    /// <summary>All of it; null with the reason when it cannot be read.</summary>
    public static byte[]? Read(string path, out string why)
    {
        why = "";
        if (path.Length == 0 || path.Contains('\0')) { why = "No such file or directory"; return null; }
        try
        {
            if (Directory.Exists(path)) { why = "Is a directory"; return null; }
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            long size = stream.CanSeek ? stream.Length : 0;
            if (size >= Most) { why = "File too large"; return null; }
            byte[] bytes = new byte[size > 0 ? size + 1 : 1 << 16];
            int length = 0;
            for (int n; (n = stream.Read(bytes, length, bytes.Length - length)) > 0;)
            {
                length += n;
                if (length >= (size > 0 ? Most : MostUnsized)) { why = "File too large"; return null; }
                if (length == bytes.Length) Array.Resize(ref bytes, bytes.Length * 2);
            }
            Array.Resize(ref bytes, length);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException) { why = "No such file or directory"; }
        catch (UnauthorizedAccessException) { why = "Permission denied"; }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException) { why = e.Message; }
        return null;
    }
}
