class Ops(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # qkv (B, N, 3D), heads -> (B, N, D): softmax(q k^T / sqrt(D / heads)) v for each head.
  def attention(self: __torch__.Ops, qkv: Tensor, heads: Tensor) -> Tensor:
    b, n, d = torch.size(qkv, 0), torch.size(qkv, 1), torch.floordiv(torch.size(qkv, 2), 3)
    h = int(heads)
    parts = torch.permute(torch.reshape(qkv, [b, n, 3, h, torch.floordiv(d, h)]), [2, 0, 3, 1, 4])
    out = torch.scaled_dot_product_attention(torch.select(parts, 0, 0), torch.select(parts, 0, 1), torch.select(parts, 0, 2))
    return torch.reshape(torch.transpose(out, 1, 2), [b, n, d])

  # One pre-norm transformer block, x (B, N, D) -> (B, N, D), in float32.
  def block_float32(self: __torch__.Ops, x: Tensor, norm1_weight: Tensor, norm1_bias: Tensor, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, gamma1: Tensor, norm2_weight: Tensor, norm2_bias: Tensor, fc1_weight: Tensor, fc1_bias: Tensor, fc2_weight: Tensor, fc2_bias: Tensor, gamma2: Tensor, heads: Tensor, eps: Tensor) -> Tensor:
    h = torch.layer_norm(x, torch.size(norm1_weight), norm1_weight, norm1_bias, float(eps))
    a = (self).attention(torch.linear(h, qkv_weight, qkv_bias), heads, )
    y = torch.addcmul(x, torch.linear(a, proj_weight, proj_bias), gamma1)
    h2 = torch.layer_norm(y, torch.size(norm2_weight), norm2_weight, norm2_bias, float(eps))
    m = torch.linear(torch.gelu(torch.linear(h2, fc1_weight, fc1_bias)), fc2_weight, fc2_bias)
    return torch.addcmul(y, m, gamma2)

  # The same with bfloat16 (15) inside the linear layers and the attention; norms and the residual stream stay float32.
  def block_bfloat16(self: __torch__.Ops, x: Tensor, norm1_weight: Tensor, norm1_bias: Tensor, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, gamma1: Tensor, norm2_weight: Tensor, norm2_bias: Tensor, fc1_weight: Tensor, fc1_bias: Tensor, fc2_weight: Tensor, fc2_bias: Tensor, gamma2: Tensor, heads: Tensor, eps: Tensor) -> Tensor:
    h = torch.to(torch.layer_norm(x, torch.size(norm1_weight), norm1_weight, norm1_bias, float(eps)), 15)
    a = (self).attention(torch.linear(h, torch.to(qkv_weight, 15), torch.to(qkv_bias, 15)), heads, )
    y = torch.addcmul(x, torch.linear(a, torch.to(proj_weight, 15), torch.to(proj_bias, 15)), gamma1)
    h2 = torch.to(torch.layer_norm(y, torch.size(norm2_weight), norm2_weight, norm2_bias, float(eps)), 15)
    m = torch.linear(torch.gelu(torch.linear(h2, torch.to(fc1_weight, 15), torch.to(fc1_bias, 15))), torch.to(fc2_weight, 15), torch.to(fc2_bias, 15))
    return torch.addcmul(y, m, gamma2)

  # x (B, C, H, W) float -> (B, C, height, width): bicubic with antialiasing.
  def resize_bicubic(self: __torch__.Ops, x: Tensor, height: Tensor, width: Tensor) -> Tensor:
    return torch._upsample_bicubic2d_aa(x, [int(height), int(width)], False, None)

  # The same, bilinear.
  def resize_bilinear(self: __torch__.Ops, x: Tensor, height: Tensor, width: Tensor) -> Tensor:
    return torch._upsample_bilinear2d_aa(x, [int(height), int(width)], False, None)

  # pixels (B, H, W, 3) uint8 -> (B, 3, H, W) float32 from 0 to 255.
  def channels_first(self: __torch__.Ops, pixels: Tensor) -> Tensor:
    return torch.contiguous(torch.to(torch.permute(pixels, [0, 3, 1, 2]), 6))

  # pos_embed (1, 1 + grid*grid, D) -> (1, 1 + height*width, D): the position of the class token
  # is kept, the others are resampled bicubically with antialiasing.
  def resample_positions(self: __torch__.Ops, pos_embed: Tensor, grid: Tensor, height: Tensor, width: Tensor) -> Tensor:
    g, h, w = int(grid), int(height), int(width)
    if torch.eq(g, h):
      same = torch.eq(g, w)
    else:
      same = False
    if same:
      resampled = pos_embed
    else:
      d = torch.size(pos_embed, 2)
      cls = torch.slice(pos_embed, 1, 0, 1)
      old = torch.permute(torch.reshape(torch.slice(pos_embed, 1, 1), [1, g, g, d]), [0, 3, 1, 2])
      new = torch._upsample_bicubic2d_aa(old, [h, w], False, None)
      resampled = torch.cat([cls, torch.reshape(torch.permute(new, [0, 2, 3, 1]), [1, torch.mul(h, w), d])], 1)
    return resampled

  # patches (B, N, D), cls_token (1, 1, D) -> (B, 1 + N, D): class token first, positions added.
  def embed_tokens(self: __torch__.Ops, patches: Tensor, cls_token: Tensor, pos_embed: Tensor, grid: Tensor, height: Tensor, width: Tensor) -> Tensor:
    cls = torch.expand(cls_token, [torch.size(patches, 0), -1, -1])
    return torch.add(torch.cat([cls, patches], 1), (self).resample_positions(pos_embed, grid, height, width, ))
