class Ops(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # Sine and cosine (2, prefix + height * width, d) of DINOv3's rotary positions, on the device of x. The first prefix tokens
  # stay as they are. A patch at row i has the vertical position 2 (i + 1/2) / height - 1, which is turned by 2 pi times
  # position / 100^(4k / d) for k < d / 4; the horizontal angles follow, then both again.
  def rotary_positions(self: __torch__.Ops, x: Tensor, prefix: Tensor, height: Tensor, width: Tensor, d: Tensor) -> Tensor:
    device = ops.prim.device(x)
    p, h, w, n = int(prefix), int(height), int(width), int(d)
    q = torch.floordiv(n, 4)
    k = torch.arange(q, dtype=6, layout=None, device=device, pin_memory=None)
    turns = torch.mul(torch.pow(100., torch.div(torch.mul(k, -4.), n)), 6.2831853071795862)
    i = torch.arange(h, dtype=6, layout=None, device=device, pin_memory=None)
    j = torch.arange(w, dtype=6, layout=None, device=device, pin_memory=None)
    y = torch.sub(torch.div(torch.add(torch.mul(i, 2.), 1.), h), 1.)
    z = torch.sub(torch.div(torch.add(torch.mul(j, 2.), 1.), w), 1.)
    down = torch.expand(torch.mul(torch.reshape(y, [h, 1, 1]), turns), [h, w, q])
    across = torch.expand(torch.mul(torch.reshape(z, [1, w, 1]), turns), [h, w, q])
    angles = torch.reshape(torch.cat([down, across, down, across], 2), [torch.mul(h, w), n])
    still = torch.zeros([p, n], dtype=6, layout=None, device=device, pin_memory=None)
    table = torch.cat([still, angles], 0)
    return torch.stack([torch.sin(table), torch.cos(table)])

  # x (B, heads, N, d), rotary (2, N, d) -> (B, heads, N, d): feature k and feature k + d/2 turned as a point of the plane.
  def turn(self: __torch__.Ops, x: Tensor, rotary: Tensor) -> Tensor:
    half = torch.floordiv(torch.size(x, 3), 2)
    quarter = torch.cat([torch.neg(torch.slice(x, 3, half)), torch.slice(x, 3, 0, half)], 3)
    turned = torch.add(torch.mul(x, torch.select(rotary, 0, 1)), torch.mul(quarter, torch.select(rotary, 0, 0)))
    return torch.type_as(turned, x)

  # qkv (B, N, 3D), heads -> (B, N, D): softmax(q k^T / sqrt(D / heads)) v for each head, q and k turned by rotary (2, N, D / heads)
  # where there is one.
  def attention(self: __torch__.Ops, qkv: Tensor, heads: Tensor, rotary: List[Tensor]) -> Tensor:
    b, n, d = torch.size(qkv, 0), torch.size(qkv, 1), torch.floordiv(torch.size(qkv, 2), 3)
    h = int(heads)
    parts = torch.permute(torch.reshape(qkv, [b, n, 3, h, torch.floordiv(d, h)]), [2, 0, 3, 1, 4])
    if torch.gt(torch.len(rotary), 0):
      q, k = (self).turn(torch.select(parts, 0, 0), rotary[0], ), (self).turn(torch.select(parts, 0, 1), rotary[0], )
    else:
      q, k = torch.select(parts, 0, 0), torch.select(parts, 0, 1)
    out = torch.scaled_dot_product_attention(q, k, torch.select(parts, 0, 2))
    return torch.reshape(torch.transpose(out, 1, 2), [b, n, d])

  # x (M, N) -> (M, N) bool, false for dropped of 65,536 parts. The halves of each random number of 32 bits decide twice: on a CPU
  # that is several times as fast as bernoulli_.
  def keep(self: __torch__.Ops, x: Tensor, dropped: int) -> Tensor:
    n = torch.numel(x)
    least = torch.sub(torch.mul(dropped, 65536), 2147483648)
    words = torch.empty([torch.floordiv(torch.add(n, 1), 2)], dtype=3, layout=None, device=ops.prim.device(x), pin_memory=None)
    _0 = torch.random_(words, -2147483648, 2147483647)
    both = torch.cat([torch.ge(words, least), torch.ge(torch.bitwise_left_shift(words, 16), least)])
    return torch.reshape(torch.slice(both, 0, 0, n), torch.size(x))

  # h (..., in) -> (..., out) in dtype: weight and bias, and, where there are adapters, pair i of them: scale * B A dropout(h).
  # For little memory the mask is kept as bytes, its factor is left to the scale, both sums are made in place, and h itself is
  # masked but for the attention's result (pair 1), which its backward pass needs.
  def project(self: __torch__.Ops, h: Tensor, weight: Tensor, bias: Tensor, adapters: List[Tensor], i: int, scale: float, dropout: float, dtype: int) -> Tensor:
    w, c = torch.to(weight, dtype), torch.to(bias, dtype)
    if torch.gt(torch.len(adapters), 0):
      # In rows from the start, for what is changed in place must not be a view where gradients are wanted.
      rows = torch.reshape(h, [-1, torch.size(h, -1)])
      y = torch.linear(rows, w, c)
      dropped = int(torch.round(torch.mul(dropout, 65536.)))
      if torch.eq(dropped, 0):
        seen = rows
      else:
        keep = (self).keep(rows, dropped, )
        if torch.eq(i, 1):
          seen = torch.mul(rows, keep)
        else:
          seen = torch.reshape(torch.mul_(h, torch.reshape(keep, torch.size(h))), torch.size(rows))
      down, up = adapters[torch.mul(2, i)], adapters[torch.add(torch.mul(2, i), 1)]
      low = torch.linear(seen, torch.to(down, dtype))
      factor = torch.div(scale, torch.sub(1., torch.div(dropped, 65536.)))
      sum = torch.addmm_(y, low, torch.t(torch.to(torch.mul(up, factor), dtype)))
      z = torch.reshape(sum, torch.add(torch.slice(torch.size(h), 0, -1), [torch.size(w, 0)]))
    else:
      z = torch.linear(h, w, c)
    return z

  # x (B, N, D) -> (B, N, D): proj(attention(qkv(norm(x)))), in dtype (6 float32, 15 bfloat16) but for the norm.
  def attention_branch(self: __torch__.Ops, x: Tensor, norm_weight: Tensor, norm_bias: Tensor, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor, proj_bias: Tensor, adapters: List[Tensor], rotary: List[Tensor], heads: Tensor, eps: Tensor, scale: float, dropout: float, dtype: int) -> Tensor:
    h = torch.to(torch.layer_norm(x, torch.size(norm_weight), norm_weight, norm_bias, float(eps)), dtype)
    a = (self).attention((self).project(h, qkv_weight, qkv_bias, adapters, 0, scale, dropout, dtype, ), heads, rotary, )
    return (self).project(a, proj_weight, proj_bias, adapters, 1, scale, dropout, dtype, )

  # x (B, N, D) -> (B, N, D): fc2(gelu(fc1(norm(x)))), in dtype but for the norm.
  def mlp_branch(self: __torch__.Ops, x: Tensor, norm_weight: Tensor, norm_bias: Tensor, fc1_weight: Tensor, fc1_bias: Tensor, fc2_weight: Tensor, fc2_bias: Tensor, adapters: List[Tensor], eps: Tensor, scale: float, dropout: float, dtype: int) -> Tensor:
    h = torch.to(torch.layer_norm(x, torch.size(norm_weight), norm_weight, norm_bias, float(eps)), dtype)
    m = torch.gelu((self).project(h, fc1_weight, fc1_bias, adapters, 2, scale, dropout, dtype, ))
    return (self).project(m, fc2_weight, fc2_bias, adapters, 3, scale, dropout, dtype, )

  # One pre-norm transformer block, x (B, N, D) float32 -> (B, N, D) float32: the residual stream is float32.
  def adapted_block(self: __torch__.Ops, x: Tensor, weights: List[Tensor], adapters: List[Tensor], rotary: List[Tensor], heads: Tensor, eps: Tensor, scale: float, dropout: float, dtype: int) -> Tensor:
    norm1_weight, norm1_bias, qkv_weight, qkv_bias, proj_weight, proj_bias, gamma1, norm2_weight, norm2_bias, fc1_weight, fc1_bias, fc2_weight, fc2_bias, gamma2, = weights
    a = (self).attention_branch(x, norm1_weight, norm1_bias, qkv_weight, qkv_bias, proj_weight, proj_bias, adapters, rotary, heads, eps, scale, dropout, dtype, )
    y = torch.addcmul(x, torch.to(a, 6), gamma1)
    m = (self).mlp_branch(y, norm2_weight, norm2_bias, fc1_weight, fc1_bias, fc2_weight, fc2_bias, adapters, eps, scale, dropout, dtype, )
    return torch.addcmul(y, torch.to(m, 6), gamma2)

  # The block without adapters: the weights are 14, then the rotary positions (2, N, D / heads) where there are any.
  def block(self: __torch__.Ops, x: Tensor, weights: List[Tensor], heads: Tensor, eps: Tensor, dtype: Tensor) -> Tensor:
    none = annotate(List[Tensor], [])
    return (self).adapted_block(x, torch.slice(weights, 0, 14), none, torch.slice(weights, 14), heads, eps, 0., 0., int(dtype), )

  # The block with adapters: after the 14 weights A (rank, in) and B (out, rank) of qkv, proj, fc1 and fc2.
  def block_lora(self: __torch__.Ops, x: Tensor, weights: List[Tensor], heads: Tensor, eps: Tensor, dtype: Tensor, scale: Tensor, dropout: Tensor) -> Tensor:
    return (self).adapted_block(x, torch.slice(weights, 0, 14), torch.slice(weights, 14, 22), torch.slice(weights, 22), heads, eps, float(scale), float(dropout), int(dtype), )

  # The same with each branch on some rows of the batch only, scaled up by B / rows (stochastic depth on a batch subset).
  def block_on_rows(self: __torch__.Ops, x: Tensor, weights: List[Tensor], rows1: Tensor, rows2: Tensor, heads: Tensor, eps: Tensor, dtype: Tensor) -> Tensor:
    norm1_weight, norm1_bias, qkv_weight, qkv_bias, proj_weight, proj_bias, gamma1, norm2_weight, norm2_bias, fc1_weight, fc1_bias, fc2_weight, fc2_bias, gamma2, = torch.slice(weights, 0, 14)
    t = int(dtype)
    rotary = torch.slice(weights, 14)
    none = annotate(List[Tensor], [])
    scale = torch.div(torch.size(x, 0), torch.size(rows1, 0))
    a = (self).attention_branch(torch.index_select(x, 0, rows1), norm1_weight, norm1_bias, qkv_weight, qkv_bias, proj_weight, proj_bias, none, rotary, heads, eps, 0., 0., t, )
    y = torch.index_add(x, 0, rows1, torch.mul(torch.to(a, 6), gamma1), alpha=scale)
    m = (self).mlp_branch(torch.index_select(y, 0, rows2), norm2_weight, norm2_bias, fc1_weight, fc1_bias, fc2_weight, fc2_bias, none, eps, 0., 0., t, )
    return torch.index_add(y, 0, rows2, torch.mul(torch.to(m, 6), gamma2), alpha=scale)

  # patches (B, N, D), mask (B, N) bool, token (1, D) -> (B, N, D): the token where the mask is true.
  def mask_patches(self: __torch__.Ops, patches: Tensor, mask: Tensor, token: Tensor) -> Tensor:
    return torch.where(torch.unsqueeze(mask, 2), token, patches)

  # x (M, D) -> (M, K) float32: three linear layers, rows of norm 1, then cosines with K prototypes times their scale.
  def projection_head(self: __torch__.Ops, x: Tensor, weights: List[Tensor], dtype: Tensor) -> Tensor:
    w0, b0, w1, b1, w2, b2, g, v, = weights
    t = int(dtype)
    h = torch.gelu(torch.linear(torch.to(x, t), torch.to(w0, t), torch.to(b0, t)))
    h2 = torch.gelu(torch.linear(h, torch.to(w1, t), torch.to(b1, t)))
    z = torch.to(torch.linear(h2, torch.to(w2, t), torch.to(b2, t)), 6)
    unit = torch.div(z, torch.clamp_min(torch.norm(z, 2, [-1], True), 9.9999999999999998e-13))
    return torch.to(torch.linear(torch.to(unit, t), torch.to(torch._weight_norm(v, g, 0), t)), 6)

  # x (M, K), y (M, K) -> (M): the dot product of each row, without an array of all products.
  def row_dots(self: __torch__.Ops, x: Tensor, y: Tensor) -> Tensor:
    return torch.reshape(torch.bmm(torch.unsqueeze(x, 1), torch.unsqueeze(y, 2)), [torch.size(x, 0)])

  # logits (M, K), targets (M, K) whose rows sum to 1 -> (M): cross-entropy of each row at a temperature. Its gradient in the logits,
  # (softmax - targets) / temperature, is computed at once in one array: a backward pass only scales its rows.
  def soft_cross_entropy(self: __torch__.Ops, logits: Tensor, targets: Tensor, temperature: Tensor) -> Tensor:
    t = float(temperature)
    a = torch.div(torch.detach(logits), t)
    agreement = (self).row_dots(targets, a, )
    high = torch.amax(a, [1], True)
    total = torch.sum(torch.exp_(torch.sub_(a, high)), [1], True)
    value = torch.sub(torch.squeeze(torch.add(high, torch.log(total)), 1), agreement)
    slope = torch.div_(torch.sub_(torch.div_(a, total), targets), t)
    linear = (self).row_dots(logits, slope, )
    return torch.add(value, torch.sub(linear, torch.detach(linear)))

  # logits (M, K), targets (M, K) zeros and ones -> (M, K): cross-entropy of each after a sigmoid.
  def binary_cross_entropy(self: __torch__.Ops, logits: Tensor, targets: Tensor) -> Tensor:
    return torch.binary_cross_entropy_with_logits(logits, targets, None, None, 0)

  # In place, logits (M, K), centre (K) -> (M, K): softmax((logits - centre) / temperature).
  def centred_softmax(self: __torch__.Ops, logits: Tensor, centre: Tensor, temperature: Tensor) -> Tensor:
    scaled = torch.div_(torch.sub_(logits, centre), float(temperature))
    shares = torch.exp_(torch.sub_(scaled, torch.amax(scaled, [1], True)))
    return torch.div_(shares, torch.sum(shares, [1], True))

  # In place, logits (M, K) -> (M, K): exp(logits / temperature), scaled in turn so that prototypes and samples have equal shares.
  # The scales are kept as two vectors, so that each round costs two products with a vector.
  def sinkhorn(self: __torch__.Ops, logits: Tensor, temperature: Tensor, rounds: Tensor) -> Tensor:
    q = torch.exp_(torch.div_(torch.sub_(logits, torch.max(logits)), float(temperature)))
    m, k = torch.size(q, 0), torch.size(q, 1)
    samples = torch.new_ones(q, [m])
    prototypes = torch.new_ones(q, [k])
    for _ in range(int(rounds)):
      prototypes = torch.reciprocal(torch.clamp_min(torch.mul(torch.mv(torch.t(q), samples), k), 9.9999999999999996e-39))
      samples = torch.reciprocal(torch.clamp_min(torch.mul(torch.mv(q, prototypes), m), 9.9999999999999996e-39))
    return torch.mul_(torch.mul_(q, prototypes), torch.unsqueeze(torch.mul(samples, m), 1))

  # x (B, D) -> (): minus the mean logarithm of the distance between each row, scaled to norm 1, and its nearest other row.
  def koleo(self: __torch__.Ops, x: Tensor) -> Tensor:
    unit = torch.div(x, torch.clamp_min(torch.norm(x, 2, [-1], True), 1e-08))
    dots = torch.fill_diagonal_(torch.matmul(torch.detach(unit), torch.t(torch.detach(unit))), -1)
    nearest = torch.index_select(unit, 0, torch.argmax(dots, 1))
    return torch.neg(torch.mean(torch.log(torch.add(torch.pairwise_distance(unit, nearest, 2., 1e-08), 1e-08))))

  # probabilities (M, K) -> (M): entropy of each row in nats.
  def entropy(self: __torch__.Ops, probabilities: Tensor) -> Tensor:
    return torch.neg(torch.sum(torch.xlogy(probabilities, probabilities), [-1]))

  # The gradients that a backward pass left at the parameters.
  def gradients(self: __torch__.Ops, parameters: List[Tensor]) -> List[Tensor]:
    result = annotate(List[Tensor], [])
    for i in range(torch.len(parameters)):
      _ = torch.append(result, ops.prim.grad(parameters[i]))
    return result

  # The norm of all gradients together, ().
  def gradient_norm(self: __torch__.Ops, parameters: List[Tensor]) -> Tensor:
    return torch.norm(torch.stack(torch._foreach_norm((self).gradients(parameters, ))))

  # Sets all gradients to zero, in place.
  def zero_gradients(self: __torch__.Ops, parameters: List[Tensor]) -> int:
    found = (self).gradients(parameters, )
    torch._foreach_zero_(found)
    return torch.len(found)

  # One step of AdamW in place; gradients are divided by divisor first.
  def adamw(self: __torch__.Ops, parameters: List[Tensor], means: List[Tensor], squares: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, weight_decay: float, eps: float, divisor: Tensor) -> int:
    torch._foreach_add_(steps, 1)
    torch._fused_adamw_(parameters, (self).gradients(parameters, ), means, squares, annotate(List[Tensor], []), steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=weight_decay, eps=eps, amsgrad=False, maximize=False, grad_scale=divisor)
    return torch.len(parameters)

  # targets += weight * (sources - targets), in place: a moving mean.
  def move_towards(self: __torch__.Ops, targets: List[Tensor], sources: List[Tensor], weight: float) -> int:
    torch._foreach_lerp_(targets, sources, weight)
    return torch.len(targets)

  # x activated: 0 as it is, 1 ReLU (in place, which batch norms and convolutions before it allow), 2 SiLU, 3 GELU.
  def activate(self: __torch__.Ops, x: Tensor, kind: int) -> Tensor:
    if torch.eq(kind, 0):
      y = x
    else:
      if torch.eq(kind, 1):
        y = torch.relu_(x)
      else:
        if torch.eq(kind, 2):
          y = torch.silu(x)
        else:
          y = torch.gelu(x)
    return y

  # A kernel (C', C, k, k) and the batch norm after it (scale, shift, running mean, running variance, each C') as one kernel and a
  # bias (C').
  def fold_norm(self: __torch__.Ops, weights: List[Tensor]) -> Tuple[Tensor, Tensor]:
    kernel, scale, shift, mean, variance, = weights
    factor = torch.mul(scale, torch.rsqrt(torch.add(variance, 1.0000000000000001e-05)))
    folded = torch.mul(kernel, torch.reshape(factor, [-1, 1, 1, 1]))
    return (folded, torch.sub(shift, torch.mul(mean, factor)))

  # Batch norm of x by its own statistics, which the running ones follow in place.
  def batch_norm(self: __torch__.Ops, x: Tensor, weights: List[Tensor]) -> Tensor:
    _0, scale, shift, mean, variance, = weights
    return torch.batch_norm(x, scale, shift, mean, variance, True, 0.10000000000000001, 1.0000000000000001e-05, True)

  # x (B, C, H, W) in dtype -> (B, C', H', W'): a convolution without bias, half its kernel padded, and batch norm: in training by
  # the batch, else folded into the kernel.
  def norm_conv(self: __torch__.Ops, x: Tensor, weights: List[Tensor], stride: int, groups: int, training: bool, dtype: int) -> Tensor:
    p = torch.floordiv(torch.size(weights[0], 2), 2)
    if training:
      y = torch.conv2d(x, torch.to(weights[0], dtype), None, [stride, stride], [p, p], [1, 1], groups)
      z = (self).batch_norm(y, weights, )
    else:
      kernel, bias, = (self).fold_norm(weights, )
      z = torch.conv2d(x, torch.to(kernel, dtype), torch.to(bias, dtype), [stride, stride], [p, p], [1, 1], groups)
    return z

  # The same from float32 to float32, with an activation after it.
  def conv_norm(self: __torch__.Ops, x: Tensor, weights: List[Tensor], stride: Tensor, groups: Tensor, activation: Tensor, training: Tensor, dtype: Tensor) -> Tensor:
    t = int(dtype)
    y = (self).norm_conv(torch.to(x, t), weights, int(stride), int(groups), torch.eq(int(training), 1), t, )
    return torch.to((self).activate(y, int(activation), ), 6)

  # x (B, C, H, W) -> (B, C, H, W): SiLU of a 3x3 and a 1x1 convolution side by side, each with its batch norm; weights of both in
  # turn. Outside training they are one 3x3 convolution.
  def rep_conv(self: __torch__.Ops, x: Tensor, weights: List[Tensor], training: Tensor, dtype: Tensor) -> Tensor:
    t = int(dtype)
    a = torch.to(x, t)
    wide, small = torch.slice(weights, 0, 5), torch.slice(weights, 5, 10)
    if torch.eq(int(training), 1):
      y = torch.add_((self).norm_conv(a, wide, 1, 1, True, t, ), (self).norm_conv(a, small, 1, 1, True, t, ))
    else:
      kernel, bias, = (self).fold_norm(wide, )
      kernel1, bias1, = (self).fold_norm(small, )
      both = torch.add(kernel, torch.constant_pad_nd(kernel1, [1, 1, 1, 1], 0))
      y = torch.conv2d(a, torch.to(both, t), torch.to(torch.add(bias, bias1), t), [1, 1], [1, 1], [1, 1], 1)
    return torch.to(torch.silu(y), 6)

  # x (B, C, h, w) -> (B, C, height, width), bilinear without antialiasing, corners not aligned.
  def interpolate(self: __torch__.Ops, x: Tensor, height: Tensor, width: Tensor) -> Tensor:
    return torch.upsample_bilinear2d(x, [int(height), int(width)], False, None)

  # fine (B, C, 2h, 2w) + coarse (B, C, h, w), each of its pixels four times.
  def add_doubled(self: __torch__.Ops, fine: Tensor, coarse: Tensor) -> Tensor:
    return torch.add(fine, torch.upsample_nearest2d(coarse, [torch.size(fine, 2), torch.size(fine, 3)], None))

  # tokens (B, P + g*g, D), prior (B, C, h, w) -> (B, W, side, side): both resized to scale*g pixels and concatenated, a 1x1
  # convolution of them and batch norm, resized to side; weights of the convolution, then the prior. A 1x1 convolution and a
  # resize can change places, so that the convolution is computed on the few pixels that there are.
  def fuse_level(self: __torch__.Ops, tokens: Tensor, weights: List[Tensor], prefix: Tensor, grid: Tensor, scale: Tensor, side: Tensor, training: Tensor, dtype: Tensor) -> Tensor:
    g, t, s = int(grid), int(dtype), int(side)
    n, d = torch.mul(g, int(scale)), torch.size(tokens, 2)
    norm = torch.slice(weights, 0, 5)
    learning = torch.eq(int(training), 1)
    if learning:
      kernel, bias = weights[0], weights[2]
    else:
      kernel, bias, = (self).fold_norm(norm, )
    kernel1 = torch.to(kernel, t)
    patches = torch.transpose(torch.slice(tokens, 1, int(prefix)), 1, 2)
    maps = torch.to(torch.reshape(patches, [torch.size(tokens, 0), d, g, g]), t)
    a = torch.to(torch.conv2d(maps, torch.slice(kernel1, 1, 0, d), None, [1, 1], [0, 0], [1, 1], 1), 6)
    b = torch.to(torch.conv2d(torch.to(weights[5], t), torch.slice(kernel1, 1, d), None, [1, 1], [0, 0], [1, 1], 1), 6)
    y = torch.add_(torch.upsample_bilinear2d(a, [n, n], False, None), torch.upsample_bilinear2d(b, [n, n], False, None))
    if learning:
      z = (self).batch_norm(y, norm, )
    else:
      z = torch.add_(y, torch.reshape(bias, [1, -1, 1, 1]))
    return torch.upsample_bilinear2d(z, [s, s], False, None)

  # x (B, N, D) -> (B, N, D): a post-norm transformer layer; queries and keys, but not values, see the position (1, N, D).
  def post_norm_layer(self: __torch__.Ops, x: Tensor, weights: List[Tensor], position: Tensor, heads: Tensor, dtype: Tensor) -> Tensor:
    in_weight, in_bias, out_weight, out_bias, norm1_weight, norm1_bias, fc1_weight, fc1_bias, fc2_weight, fc2_bias, norm2_weight, norm2_bias, = weights
    t, d = int(dtype), torch.size(x, 2)
    two = torch.mul(d, 2)
    w, b = torch.to(in_weight, t), torch.to(in_bias, t)
    qk = torch.linear(torch.to(torch.add(x, position), t), torch.slice(w, 0, 0, two), torch.slice(b, 0, 0, two))
    v = torch.linear(torch.to(x, t), torch.slice(w, 0, two), torch.slice(b, 0, two))
    mixed = (self).attention(torch.cat([qk, v], 2), heads, annotate(List[Tensor], []), )
    a = torch.to(torch.linear(mixed, torch.to(out_weight, t), torch.to(out_bias, t)), 6)
    y = torch.layer_norm(torch.add(x, a), [d], norm1_weight, norm1_bias)
    h = torch.gelu(torch.linear(torch.to(y, t), torch.to(fc1_weight, t), torch.to(fc1_bias, t)))
    m = torch.to(torch.linear(h, torch.to(fc2_weight, t), torch.to(fc2_bias, t)), 6)
    return torch.layer_norm(torch.add(y, m), [d], norm2_weight, norm2_bias)

  # logits (B, K, H, W), target (B, H, W) uint8 classes -> (): mean cross-entropy of all pixels.
  def pixel_cross_entropy(self: __torch__.Ops, logits: Tensor, target: Tensor) -> Tensor:
    return torch.cross_entropy_loss(logits, torch.to(target, 4), None, 1, -100, 0.)

  # The same -> (): 1 less the mean, over images and the classes from 1 on, of (2 sum p t + 1) / (sum p + sum t + 1).
  def dice_loss(self: __torch__.Ops, logits: Tensor, target: Tensor) -> Tensor:
    p = torch.softmax(logits, 1)
    t = torch.permute(torch.one_hot(torch.to(target, 4), torch.size(logits, 1)), [0, 3, 1, 2])
    both = torch.sum(torch.mul(p, t), [2, 3])
    all = torch.add(torch.sum(p, [2, 3]), torch.sum(t, [2, 3]))
    dice = torch.div(torch.add(torch.mul(both, 2.), 1.), torch.add(all, 1.))
    return torch.rsub(torch.mean(torch.slice(dice, 1, 1)), 1.)

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

  # patches (B, N, D), cls_token (1, 1, D), registers (1, R, D) -> (B, 1 + R + N, D): class token, registers, patches.
  def prepend_tokens(self: __torch__.Ops, patches: Tensor, cls_token: Tensor, registers: Tensor) -> Tensor:
    b = torch.size(patches, 0)
    return torch.cat([torch.expand(cls_token, [b, -1, -1]), torch.expand(registers, [b, -1, -1]), patches], 1)

  # Weights (B, n, size) of a bicubic antialiased resize of length (B, 1, 1) pixels from start (B, 1, 1) on to size pixels,
  # in reverse where flip (B, 1, 1) is 1. Only the few taps of each output pixel are computed.
  def crop_weights(self: __torch__.Ops, start: Tensor, length: Tensor, flip: Tensor, size: int, n: int) -> Tensor:
    device = ops.prim.device(start)
    scale = torch.div(length, size)
    wide = torch.clamp(scale, 1.)
    i = torch.reshape(torch.add(torch.arange(size, dtype=6, layout=None, device=device, pin_memory=None), 0.5), [1, 1, size])
    centre = torch.mul(torch.add(i, torch.mul(flip, torch.sub(size, torch.mul(i, 2.)))), scale)
    # The widest tap reaches 2 n / size pixels to each side, or 2.
    taps = torch.add(torch.mul(4, torch.add(torch.floordiv(torch.sub(n, 1), size), 1)), 2)
    k = torch.reshape(torch.arange(taps, dtype=6, layout=None, device=device, pin_memory=None), [1, taps, 1])
    j = torch.add(torch.floor(torch.sub(centre, torch.mul(wide, 2.))), k)
    x = torch.abs(torch.div(torch.sub(torch.add(j, 0.5), centre), wide))
    # The cubic with a = -0.5 is -(x - 1)(x - 2)^2 / 2 up to 2, and u^2 (1 - 2u) more below 1, where u = 1 - x.
    m = torch.clamp(torch.sub(x, 2.), None, 0.)
    u = torch.clamp(torch.rsub(x, 1.), 0.)
    w = torch.add(torch.mul(torch.mul(torch.mul(m, m), torch.add(m, 1.)), -0.5), torch.mul(torch.mul(u, u), torch.rsub(torch.mul(u, 2.), 1.)))
    w2 = torch.mul(w, torch.logical_and(torch.ge(j, 0.), torch.lt(j, length)))
    w3 = torch.div(w2, torch.sum(w2, [1], True))
    # A tap outside the image adds nothing at its border.
    place = torch.to(torch.clamp(torch.add(j, start), 0., torch.sub(n, 1)), 4)
    none = torch.zeros([torch.size(start, 0), n, size], dtype=6, layout=None, device=device, pin_memory=None)
    return torch.scatter_add_(none, 1, place, w3)

  # x (B, C, H, W), boxes (B, 6): top, left, height, width, 1 to flip up-down, 1 to flip left-right -> (B, C, size, size) in 0..1.
  def crop_resize(self: __torch__.Ops, x: Tensor, boxes: Tensor, size: Tensor) -> Tensor:
    b, c, h, w, s = torch.size(x, 0), torch.size(x, 1), torch.size(x, 2), torch.size(x, 3), int(size)
    p = torch.unsqueeze(torch.unsqueeze(torch.transpose(boxes, 0, 1), 2), 3)
    rows = (self).crop_weights(torch.select(p, 0, 0), torch.select(p, 0, 2), torch.select(p, 0, 4), s, h, )
    columns = (self).crop_weights(torch.select(p, 0, 1), torch.select(p, 0, 3), torch.select(p, 0, 5), s, w, )
    wide = torch.reshape(torch.bmm(torch.reshape(x, [b, torch.mul(c, h), w]), columns), [b, c, h, s])
    return torch.clamp_(torch.matmul(torch.unsqueeze(torch.transpose(rows, 1, 2), 1), wide), 0., 1.)

  # Brightness (B, C, H, W) -> (B, 1, H, W); the weights add up to 0.9999 for one channel too.
  def luma(self: __torch__.Ops, x: Tensor) -> Tensor:
    if torch.eq(torch.size(x, 1), 1):
      y = torch.mul(x, 0.9999)
    else:
      y = torch.mul(torch.slice(x, 1, 0, 1), 0.2989)
      y1 = torch.add_(y, torch.slice(x, 1, 1, 2), alpha=0.587)
      y2 = torch.add_(y, torch.slice(x, 1, 2, 3), alpha=0.114)
    return y

  # In place: x f + luma(x) a + mean(luma(x)) b, clipped to 0..1; factors (B, 3): f, a, b.
  def blend(self: __torch__.Ops, x: Tensor, factors: Tensor) -> Tensor:
    p = torch.reshape(factors, [torch.size(x, 0), 3, 1, 1])
    grey = (self).luma(x, )
    offset = torch.mul(torch.mean(grey, [1, 2, 3], True), torch.slice(p, 1, 2, 3))
    added = torch.add_(torch.mul_(grey, torch.slice(p, 1, 1, 2)), offset)
    return torch.clamp_(torch.add_(torch.mul_(x, torch.slice(p, 1, 0, 1)), added), 0., 1.)

  # The images of x whose index stands in the first column of chosen (K, 2), x itself if these are all.
  def take(self: __torch__.Ops, x: Tensor, chosen: Tensor) -> Tensor:
    if torch.eq(torch.size(chosen, 0), torch.size(x, 0)):
      y = x
    else:
      y = torch.index_select(x, 0, torch.to(torch.select(chosen, 1, 0), 4))
    return y

  # Puts them back in place. Copying image by image is several times as fast as an indexed copy on a CPU.
  def put(self: __torch__.Ops, x: Tensor, chosen: Tensor, y: Tensor) -> Tensor:
    if torch.eq(torch.size(chosen, 0), torch.size(x, 0)):
      _0 = torch.copy_(x, y)
    else:
      places = torch.to(torch.select(chosen, 1, 0), torch.device("cpu"))
      for i in range(torch.size(chosen, 0)):
        _1 = torch.copy_(torch.select(x, 0, int(torch.select(places, 0, i))), torch.select(y, 0, i))
    return x

  # The second column of chosen (K, 2) as (K, 1, 1, 1).
  def values(self: __torch__.Ops, chosen: Tensor) -> Tensor:
    return torch.reshape(torch.select(chosen, 1, 1), [-1, 1, 1, 1])

  # In place: turns the hue of chosen images by a part of the circle. With hue h on a circle of 1 and n = 5/6, 3/6, 1/6 for
  # red, green, blue, a channel is max - (max - min) clip(2 - 6 d, 0, 1), d the distance of h + n from 1/3 on the circle,
  # which is 1/2 - |frac(h + n - 1/3) - 1/2|.
  def hue(self: __torch__.Ops, x: Tensor, chosen: Tensor) -> Tensor:
    y = (self).take(x, chosen, )
    r, g, b = torch.slice(y, 1, 0, 1), torch.slice(y, 1, 1, 2), torch.slice(y, 1, 2, 3)
    high = torch.maximum(torch.maximum(r, g), b)
    spread = torch.sub(high, torch.minimum(torch.minimum(r, g), b))
    # 0 where red, or green, is the highest channel, else 1; picking by lerp is several times as fast as by where.
    red, green = torch.sign_(torch.sub(high, r)), torch.sign_(torch.sub(high, g))
    other = torch.lerp(torch.add_(torch.sub(b, r), spread, alpha=2.), torch.add_(torch.sub(r, g), spread, alpha=4.), green)
    h = torch.div_(torch.lerp(torch.sub(g, b), other, red), torch.clamp(spread, 9.9999999999999995e-21))
    # One turn more keeps it positive.
    turned = torch.add_(torch.div_(h, 6.), torch.add((self).values(chosen, ), 1.))
    n = torch.reshape(torch.tensor([0.5, 0.16666666666666666, -0.16666666666666666], dtype=6, device=ops.prim.device(x)), [1, 3, 1, 1])
    u = torch.abs_(torch.sub_(torch.frac_(torch.add(turned, n)), 0.5))
    t = torch.clamp_(torch.sub_(torch.mul_(u, 6.), 1.), 0., 1.)
    return (self).put(x, chosen, torch.add_(torch.mul_(t, torch.neg_(spread)), high), )

  # In place: chosen images in grey.
  def grey(self: __torch__.Ops, x: Tensor, chosen: Tensor) -> Tensor:
    y = (self).take(x, chosen, )
    return (self).put(x, chosen, torch.expand_as((self).luma(y, ), y), )

  # In place: chosen images to a power.
  def gamma(self: __torch__.Ops, x: Tensor, chosen: Tensor) -> Tensor:
    return (self).put(x, chosen, torch.exp_(torch.mul_(torch.log((self).take(x, chosen, )), (self).values(chosen, ))), )

  # In place: chosen images under a Gaussian of 9 x 9 pixels with a standard deviation in pixels, borders reflected.
  def blur(self: __torch__.Ops, x: Tensor, chosen: Tensor) -> Tensor:
    y = (self).take(x, chosen, )
    h, w = torch.size(y, 2), torch.size(y, 3)
    k = torch.reshape(torch.arange(-4, 5, dtype=6, layout=None, device=ops.prim.device(x), pin_memory=None), [1, 9, 1, 1])
    g = torch.softmax(torch.mul(torch.pow(torch.div(k, (self).values(chosen, )), 2), -0.5), 1)
    tall = torch.reflection_pad2d(y, [0, 0, 4, 4])
    a = torch.mul(torch.slice(tall, 2, 0, h), torch.slice(g, 1, 0, 1))
    for i in range(8):
      j = torch.add(i, 1)
      _0 = torch.addcmul_(a, torch.slice(tall, 2, j, torch.add(j, h)), torch.slice(g, 1, j, torch.add(j, 1)))
    wide = torch.reflection_pad2d(a, [4, 4, 0, 0])
    c = torch.mul(torch.slice(wide, 3, 0, w), torch.slice(g, 1, 0, 1))
    for i in range(8):
      j = torch.add(i, 1)
      _1 = torch.addcmul_(c, torch.slice(wide, 3, j, torch.add(j, w)), torch.slice(g, 1, j, torch.add(j, 1)))
    return (self).put(x, chosen, c, )

  # In place: inverts the values of chosen images from a threshold on.
  def solarise(self: __torch__.Ops, x: Tensor, chosen: Tensor) -> Tensor:
    y = (self).take(x, chosen, )
    return (self).put(x, chosen, torch.where(torch.ge(y, (self).values(chosen, )), torch.rsub(y, 1.), y), )

  # In place: turns chosen images about their centre by degrees, anticlockwise; each pixel takes the nearest one, 0 outside.
  def rotate(self: __torch__.Ops, x: Tensor, chosen: Tensor) -> Tensor:
    y = (self).take(x, chosen, )
    h, w = torch.size(y, 2), torch.size(y, 3)
    device = ops.prim.device(x)
    a = torch.mul(torch.reshape(torch.select(chosen, 1, 1), [-1, 1, 1]), 0.017453292519943295)
    down = torch.sub(torch.add(torch.arange(h, dtype=6, layout=None, device=device, pin_memory=None), 0.5), torch.div(h, 2))
    across = torch.sub(torch.add(torch.arange(w, dtype=6, layout=None, device=device, pin_memory=None), 0.5), torch.div(w, 2))
    v, u = torch.reshape(down, [1, h, 1]), torch.reshape(across, [1, 1, w])
    from_x = torch.div(torch.sub(torch.mul(torch.cos(a), u), torch.mul(torch.sin(a), v)), torch.div(w, 2))
    from_y = torch.div(torch.add(torch.mul(torch.sin(a), u), torch.mul(torch.cos(a), v)), torch.div(h, 2))
    return (self).put(x, chosen, torch.grid_sampler(y, torch.stack([from_x, from_y], 3), 1, 0, False), )

  # In place: adds Gaussian noise of a standard deviation to chosen images, the same to every channel, and clips to 0..1;
  # seeds (K) int64 on the CPU, one an image.
  def noise(self: __torch__.Ops, x: Tensor, chosen: Tensor, seeds: Tensor) -> Tensor:
    y = (self).take(x, chosen, )
    h, w = torch.size(y, 2), torch.size(y, 3)
    for i in range(torch.size(y, 0)):
      one = torch.Generator(device=ops.prim.device(x), seed=int(torch.select(seeds, 0, i)))
      z = torch.randn([h, w], generator=one, dtype=6, layout=None, device=ops.prim.device(x), pin_memory=None)
      _0 = torch.add_(torch.select(y, 0, i), torch.mul_(z, torch.select(torch.select(chosen, 0, i), 0, 1)))
    return (self).put(x, chosen, torch.clamp_(y, 0., 1.), )

  # In place: writes x (B, C, H, W), normalised, to out (B, 3, H, W); statistics (2, 3): means, standard deviations.
  def normalise_into(self: __torch__.Ops, out: Tensor, x: Tensor, statistics: Tensor) -> Tensor:
    s = torch.reshape(statistics, [2, 3, 1, 1])
    return torch.div_(torch.sub_(torch.copy_(out, x), torch.select(s, 0, 0)), torch.select(s, 0, 1))

  # Steps of stochastic gradient descent with momentum, in place, for linear classifiers side by side, one of each rate.
  # x (N, D), y (N, K) targets, order (S, B) int64 rows of each step; w (D, R K), b (R K) and their momenta; rates (R K),
  # factors (S). The gradient of cross-entropy after a softmax, or of binary cross-entropy after a sigmoid, is the
  # probability less the target.
  def probe_steps(self: __torch__.Ops, x: Tensor, y: Tensor, order: Tensor, w: Tensor, b: Tensor, w_momentum: Tensor, b_momentum: Tensor, rates: Tensor, factors: Tensor, momentum: float, sigmoid: bool) -> int:
    m, k = torch.size(order, 1), torch.size(y, 1)
    for s in range(torch.size(order, 0)):
      rows = torch.index_select(x, 0, torch.select(order, 0, s))
      t = torch.unsqueeze(torch.index_select(y, 0, torch.select(order, 0, s)), 1)
      z = torch.reshape(torch.addmm(b, rows, w), [m, -1, k])
      if sigmoid:
        g = torch.div_(torch.sub_(torch.sigmoid(z), t), torch.mul(m, k))
      else:
        g = torch.div_(torch.sub_(torch.softmax(z, -1), t), m)
      g2 = torch.reshape(g, [m, -1])
      rate = torch.mul(rates, torch.select(factors, 0, s))
      _0 = torch.addcmul_(w, torch.addmm_(w_momentum, torch.t(rows), g2, beta=momentum), rate, value=-1.)
      _1 = torch.addcmul_(b, torch.add_(torch.mul_(b_momentum, momentum), torch.sum(g2, [0])), rate, value=-1.)
    return torch.size(order, 0)
